// Numbers of the account.
function map(doc) {
  if (doc.pvt_type !== 'number' || doc.pvt_deleted) return;
  emit(doc._id, null);
}
