// Users by user name.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  if (doc.username) emit(doc.username, null);
}
