// As by_tree_length, for accounts with a plan.
function map(doc) {
  if (doc.pvt_type !== 'service' || doc.pvt_deleted) return;
  var tree = doc.pvt_tree || [];
  if (Object.keys(doc.plans || {}).length > 0) emit(tree.length, null);
}
