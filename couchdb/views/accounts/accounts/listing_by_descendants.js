// All descendants of an account, by name.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  (doc.pvt_tree || []).forEach(function (ancestor) {
    emit([ancestor, doc.name], {
      id: doc._id,
      name: doc.name,
      realm: doc.realm,
      tree: doc.pvt_tree,
      flags: doc.flags,
    });
  });
}
