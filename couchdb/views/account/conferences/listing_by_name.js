// Conferences by name.
function map(doc) {
  if (doc.pvt_type !== 'conference' || doc.pvt_deleted) return;
  if (doc.name) emit(doc.name, null);
}
