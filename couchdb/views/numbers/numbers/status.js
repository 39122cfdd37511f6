// Numbers by state and carrier module.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.pvt_state) emit([doc.pvt_state, doc.pvt_module_name, doc._id], null);
}
