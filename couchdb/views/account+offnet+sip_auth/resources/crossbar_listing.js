// Carriers, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'resource' || doc.pvt_deleted) return;
  emit(doc._id, {
    id: doc._id,
    name: doc.name,
    enabled: doc.enabled !== false,
    weight_cost: doc.weight_cost,
    template_name: doc.template_name,
    classifiers: doc.classifiers,
  });
}
