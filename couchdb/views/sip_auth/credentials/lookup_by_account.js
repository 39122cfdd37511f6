// Credentials of an account.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.pvt_account_id) emit(doc.pvt_account_id, null);
}
