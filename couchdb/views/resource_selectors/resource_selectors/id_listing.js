// Selectors by id.
function map(doc) {
  if (doc.pvt_type !== 'resource_selector' || doc.pvt_deleted || !doc.name) return;
  emit([doc._id], {
    name: doc.name,
    selector: doc.selector,
    value: doc.value,
    resource: doc.resource,
    start_time: doc.start_time,
    stop_time: doc.stop_time,
  });
}
