// Service documents by how deep the account stands.
function map(doc) {
  if (doc.pvt_type !== 'service' || doc.pvt_deleted) return;
  var tree = doc.pvt_tree || [];
  emit(tree.length, null);
}
