// Calls made by a click-to-call button.
function map(doc) {
  if (doc.pvt_type !== 'c2c_history' || doc.pvt_deleted) return;
  emit([doc.pvt_clicktocall_id, doc.pvt_created], null);
}
