// Port requests by the account that carries them out.
function map(doc) {
  if (doc.pvt_type !== 'port_request' || doc.pvt_deleted) return;
  if (doc.pvt_port_authority) emit([doc.pvt_port_authority, doc.pvt_port_state, doc.pvt_modified], null);
}
