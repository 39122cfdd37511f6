// Identities by the app that knows them and the user they are linked to.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  emit([doc.pvt_app_id, doc.pvt_account_id, doc.pvt_owner_id], null);
}
