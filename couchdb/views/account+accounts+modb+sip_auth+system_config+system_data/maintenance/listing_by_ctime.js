// Documents by the time they were made.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.pvt_created) emit(doc.pvt_created, null);
}
