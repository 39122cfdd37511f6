// Reserved numbers.
function map(doc) {
  if (doc.pvt_type !== 'number' || doc.pvt_deleted) return;
  if (doc.pvt_state === 'reserved') emit(doc._id, null);
}
