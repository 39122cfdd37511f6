// Accounts by single sign-on.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  if (!doc.sso || !doc.sso.provider) return;
  (doc.sso.ids || []).forEach(function (id) {
    emit([doc.sso.provider, id], { account_id: doc.pvt_account_id, account_db: doc.pvt_account_db });
  });
}
