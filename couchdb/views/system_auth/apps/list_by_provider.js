// Apps registered with providers of identities, by provider.
function map(doc) {
  if (doc.pvt_type !== 'app' || doc.pvt_deleted) return;
  emit([doc.pvt_auth_provider, doc.pvt_account_id, doc._id], null);
}
