// An account under each of its ancestors.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  var row = { id: doc._id, name: doc.name, realm: doc.realm, flags: doc.flags };
  (doc.pvt_tree || []).forEach(function (ancestor) {
    emit([doc.pvt_account_id, ancestor], row);
  });
}
