// Jobs on carriers.
function map(doc) {
  if (doc.pvt_type !== 'resource_job' || doc.pvt_deleted) return;
  emit(doc.pvt_created, {
    id: doc._id,
    timestamp: doc.pvt_timestamp || doc.pvt_created,
    status: doc.pvt_status,
    failures: Object.keys(doc.errors || {}).length,
    successes: Object.keys(doc.successes || {}).length,
    resource_id: doc.resource_id,
    name: doc.name,
  });
}
