// Numbers, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'number' || doc.pvt_deleted) return;
  emit(doc._id, {
    pvt_module_name: doc.pvt_module_name,
    state: doc.pvt_state,
    features: Object.keys(doc.pvt_features || {}),
    features_allowed: doc.pvt_features_allowed,
    features_denied: doc.pvt_features_denied,
    assigned_to: doc.pvt_assigned_to,
    used_by: doc.pvt_used_by,
    created: doc.pvt_created,
    updated: doc.pvt_modified,
    locality: doc.pvt_locality || doc.locality,
  });
}
