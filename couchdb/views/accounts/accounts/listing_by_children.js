// Direct children of an account, by name.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  var tree = doc.pvt_tree || [];
  if (tree.length > 0)
    emit([tree[tree.length - 1], doc.name], {
      id: doc._id,
      name: doc.name,
      realm: doc.realm,
      descendants_count: doc.descendants_count || 0,
      flags: doc.flags,
    });
}
