// Accounts by how deep they stand.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  var tree = doc.pvt_tree || [];
  emit(tree.length, tree);
}

var reduce = '_count';
