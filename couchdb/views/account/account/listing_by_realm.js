// The account document by realm.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  emit(doc.realm, { account_id: doc.pvt_account_id, account_db: doc.pvt_account_db });
}
