// Jobs on carriers, by state.
function map(doc) {
  if (doc.pvt_type !== 'resource_job' || doc.pvt_deleted) return;
  emit(doc.pvt_status, null);
}
