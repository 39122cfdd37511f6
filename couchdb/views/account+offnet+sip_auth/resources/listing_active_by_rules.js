// Carriers that are switched on, in order of weight, one row for each rule.
function map(doc) {
  if (doc.pvt_type !== 'resource' || doc.pvt_deleted) return;
  if (doc.enabled === false) return;
  var weight = doc.weight_cost === undefined ? 50 : doc.weight_cost;
  (doc.rules || []).forEach(function (rule) {
    emit([weight, rule], {
      id: doc._id,
      gateways: doc.gateways,
      caller_id_options: doc.caller_id_options,
      flags: doc.flags,
    });
  });
}
