// Traces of pivot by call.
function map(doc) {
  if (doc.pvt_type !== 'pivot_debug' || doc.pvt_deleted) return;
  emit([doc.call_id, doc.pvt_created], null);
}
