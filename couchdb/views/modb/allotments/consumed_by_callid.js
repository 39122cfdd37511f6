// Seconds of an allotment that a call used.
function map(doc) {
  if (doc.pvt_type !== 'allotment_consumption' || doc.pvt_deleted) return;
  emit(doc.call_id, doc.seconds);
}
