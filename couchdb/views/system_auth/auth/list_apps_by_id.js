// Ids of apps by provider.
function map(doc) {
  if (doc.pvt_type !== 'app' || doc.pvt_deleted) return;
  emit(doc.pvt_auth_provider, doc._id);
}
