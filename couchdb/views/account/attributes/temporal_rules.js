// Rules of time of day.
function map(doc) {
  if (doc.pvt_type !== 'temporal_rule' || doc.pvt_deleted) return;
  emit(doc._id, null);
}
