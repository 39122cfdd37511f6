// Carriers that are switched on, cheapest first.
function map(doc) {
  if (doc.pvt_type !== 'resource' || doc.pvt_deleted) return;
  if (doc.enabled !== false)
    emit([parseInt(doc.weight_cost === undefined ? 50 : doc.weight_cost, 10), doc._id], doc.name);
}
