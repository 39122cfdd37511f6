// Numbers by the account they belong to.
function map(doc) {
  if (doc.pvt_type !== 'number' || doc.pvt_deleted) return;
  emit(doc.pvt_assigned_to, null);
}
