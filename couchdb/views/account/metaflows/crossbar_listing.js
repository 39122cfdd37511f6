// Documents that carry metaflows.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.metaflows) emit(doc._id, doc.metaflows);
}
