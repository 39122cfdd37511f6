// Tokens by the time they were made.
function map(doc) {
  if (doc.pvt_deleted) return;
  var time = doc.created || doc.pvt_created;
  if (time) emit(time, doc._rev);
}
