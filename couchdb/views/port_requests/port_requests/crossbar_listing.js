// Port requests, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'port_request' || doc.pvt_deleted) return;
  emit([doc.pvt_account_id, doc._id], null);
}
