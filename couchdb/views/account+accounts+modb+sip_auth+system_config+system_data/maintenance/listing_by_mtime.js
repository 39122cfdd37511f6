// Documents by the time they were last changed.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.pvt_modified) emit(doc.pvt_modified, null);
}
