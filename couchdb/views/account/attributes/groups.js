// Members of every group.
function map(doc) {
  if (doc.pvt_type !== 'group' || doc.pvt_deleted) return;
  emit(null, doc.endpoints);
}
