// Numbers by the account they belong to.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.pvt_assigned_to) emit([doc.pvt_assigned_to, doc._id], null);
}
