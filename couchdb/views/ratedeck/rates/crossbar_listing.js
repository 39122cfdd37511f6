// Rates, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'rate' || doc.pvt_deleted) return;
  emit(doc._id, {
    id: doc._id,
    name: doc.rate_name,
    cost: doc.rate_cost,
    prefix: doc.prefix,
    description: doc.description,
    surcharge: doc.rate_surcharge,
    carrier: doc.carrier,
  });
}
