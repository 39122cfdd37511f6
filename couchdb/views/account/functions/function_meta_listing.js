// Descriptions of the functions on offer.
function map(doc) {
  if (doc.pvt_type !== 'function_meta' || doc.pvt_deleted) return;
  emit(doc.name, null);
}
