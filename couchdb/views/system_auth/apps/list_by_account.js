// Apps registered with providers of identities, by the account that they belong to.
function map(doc) {
  if (doc.pvt_type !== 'app' || doc.pvt_deleted) return;
  emit(doc.pvt_account_id, {
    id: doc._id,
    name: doc.name,
    description: doc.description,
    provider: doc.pvt_auth_provider,
  });
}
