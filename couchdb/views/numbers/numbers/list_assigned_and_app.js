// Numbers by account and the app that uses them.
function map(doc) {
  if (doc.pvt_type !== 'number' || doc.pvt_deleted) return;
  if (doc.pvt_assigned_to) emit([doc.pvt_assigned_to, doc.pvt_used_by], null);
}
