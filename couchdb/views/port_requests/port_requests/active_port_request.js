// Accounts whose port requests are not over.
function map(doc) {
  if (doc.pvt_type !== 'port_request' || doc.pvt_deleted) return;
  if (doc.pvt_port_state === 'completed' || doc.pvt_port_state === 'canceled') return;
  emit(doc.pvt_account_id, doc.pvt_port_state);
}
