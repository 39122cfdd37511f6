// Storage plans of an account.
function map(doc) {
  if (doc.pvt_type !== 'storage_plan' || doc.pvt_deleted || doc.pvt_system_plan) return;
  emit([doc.pvt_account_id, doc._id], null);
}
