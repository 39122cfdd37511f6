// Storage settings of an account.
function map(doc) {
  if (doc.pvt_type !== 'storage' || doc.pvt_deleted) return;
  emit(doc.pvt_account_id, null);
}
