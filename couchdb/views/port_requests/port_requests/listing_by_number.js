// Port requests by number.
function map(doc) {
  if (doc.pvt_type !== 'port_request' || doc.pvt_deleted) return;
  Object.keys(doc.numbers || {}).forEach(function (number) {
    emit(number, doc.pvt_account_id);
  });
}
