// Identities by their name at the provider.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  emit(doc.pvt_user_identity, null);
}
