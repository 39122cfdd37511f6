// Accounts by id.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  emit(doc.pvt_account_id, { id: doc._id, flags: doc.flags });
}
