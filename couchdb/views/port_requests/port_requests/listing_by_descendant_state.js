// Port requests of all accounts below one, by state.
function map(doc) {
  if (doc.pvt_type !== 'port_request' || doc.pvt_deleted) return;
  (doc.pvt_tree || []).forEach(function (ancestor) {
    emit([ancestor, doc.pvt_port_state, doc.pvt_modified], null);
  });
}
