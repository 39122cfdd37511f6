// The owner of a document.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.owner_id) emit(doc._id, doc.owner_id);
}
