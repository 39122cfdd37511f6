// Numbers that are being ported.
function map(doc) {
  if (doc.pvt_type !== 'port_request' || doc.pvt_deleted) return;
  if (doc.pvt_port_state === 'completed' || doc.pvt_port_state === 'canceled') return;
  Object.keys(doc.numbers || {}).forEach(function (number) {
    emit(number, doc.pvt_account_id);
  });
}
