// Selectors by carrier, name and what selects.
function map(doc) {
  if (doc.pvt_type !== 'resource_selector' || doc.pvt_deleted || !doc.name) return;
  emit([doc.resource, doc.name, doc.selector], {
    name: doc.name,
    selector: doc.selector,
    value: doc.value,
    resource: doc.resource,
    start_time: doc.start_time,
    stop_time: doc.stop_time,
  });
}
