// Numbers of all port requests of an account.
function map(doc) {
  if (doc.pvt_type !== 'port_request' || doc.pvt_deleted) return;
  Object.keys(doc.numbers || {}).forEach(function (number) {
    emit([doc.pvt_account_id, number], null);
  });
}
