// Rules of time of day, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'temporal_rule' || doc.pvt_deleted) return;
  emit(doc._id, { id: doc._id, name: doc.name, type: doc.type, flags: doc.flags });
}
