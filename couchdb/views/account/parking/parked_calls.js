// Parking slots.
function map(doc) {
  if (doc.pvt_type !== 'parked_call' || doc.pvt_deleted) return;
  emit(doc._id, null);
}
