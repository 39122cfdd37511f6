// Numbers by the app that uses them.
function map(doc) {
  if (doc.pvt_type !== 'number' || doc.pvt_deleted) return;
  if (doc.pvt_used_by) emit(doc.pvt_used_by, null);
}
