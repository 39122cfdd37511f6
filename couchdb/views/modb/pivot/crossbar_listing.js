// Pivot documents.
function map(doc) {
  if (doc.pvt_type !== 'pivot' || doc.pvt_deleted) return;
  emit(doc._id, null);
}
