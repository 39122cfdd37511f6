// Identities by what they are at their provider.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  emit([doc.pvt_app_provider_id, doc.pvt_app_id, doc.pvt_user_identity], null);
}
