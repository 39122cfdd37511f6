// Identities by the user that they are linked to.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  emit([doc.pvt_account_id, doc.pvt_owner_id], {
    id: doc._id,
    app: doc.pvt_app_id,
    provider: doc.pvt_app_provider_id,
    scopes: doc.scopes,
    email: doc.email,
  });
}
