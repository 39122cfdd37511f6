// Accounts by name.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  if (doc.name) emit(doc.name, { account_id: doc.pvt_account_id, account_db: doc.pvt_account_db });
}
