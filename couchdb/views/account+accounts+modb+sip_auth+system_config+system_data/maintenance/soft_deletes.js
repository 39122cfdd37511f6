// Documents that are only marked as deleted.
function map(doc) {
  if (doc.pvt_deleted) emit(doc.pvt_type, null);
}
