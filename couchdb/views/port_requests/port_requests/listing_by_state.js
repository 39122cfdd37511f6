// Port requests of an account by state.
function map(doc) {
  if (doc.pvt_type !== 'port_request' || doc.pvt_deleted) return;
  emit([doc.pvt_account_id, doc.pvt_port_state, doc.pvt_modified], null);
}
