// Tokens by the time they were last used.
function map(doc) {
  if (doc.pvt_deleted) return;
  var time = doc.modified || doc.pvt_modified;
  if (time) emit(time, doc._rev);
}
