// Numbers that are on their way, by account, as its list of numbers shows them.
function map(doc) {
  if (doc.pvt_type !== 'port_request' || doc.pvt_deleted) return;
  if (['unconfirmed', 'canceled', 'completed'].indexOf(doc.pvt_port_state) !== -1) return;
  Object.keys(doc.numbers || {}).forEach(function (number) {
    emit([doc.pvt_account_id, number], {
      state: 'port_in',
      features: [],
      assigned_to: doc.pvt_account_id,
      used_by: doc.numbers[number].used_by,
      created: doc.pvt_created,
      updated: doc.pvt_modified,
      port_id: doc._id,
      port_state: doc.pvt_port_state,
    });
  });
}
