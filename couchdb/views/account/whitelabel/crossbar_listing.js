// Brandings.
function map(doc) {
  if (doc.pvt_type !== 'whitelabel' || doc.pvt_deleted) return;
  emit(doc._id, null);
}
