// Users of a directory with the callflow that rings each.
function map(doc) {
  if (doc.pvt_deleted) return;
  Object.keys(doc.directories || {}).forEach(function (directory) {
    emit([directory, doc._id], doc.directories[directory]);
  });
}
