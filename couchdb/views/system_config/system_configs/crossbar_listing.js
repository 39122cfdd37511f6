// Categories of configuration.
function map(doc) {
  if (doc.pvt_type !== 'config' || doc.pvt_deleted) return;
  emit(doc._id, null);
}
