// Parking slots by the call in them.
function map(doc) {
  if (doc.pvt_type !== 'parked_call' || doc.pvt_deleted) return;
  if (doc.slot && doc.slot['Call-ID']) emit(doc.slot['Call-ID'], null);
}
