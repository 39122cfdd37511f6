// Storage plans of the system.
function map(doc) {
  if (doc.pvt_type !== 'storage_plan' || doc.pvt_deleted || !doc.pvt_system_plan) return;
  emit(doc._id, null);
}
