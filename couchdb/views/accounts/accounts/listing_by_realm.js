// Accounts by realm: who a REGISTER or INVITE belongs to.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  if (doc.realm)
    emit(doc.realm.toLowerCase(), { account_id: doc.pvt_account_id, account_db: doc.pvt_account_db });
}
