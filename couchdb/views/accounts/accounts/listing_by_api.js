// Accounts by API key.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  if (doc.pvt_api_key) emit(doc.pvt_api_key, { account_id: doc.pvt_account_id });
}
