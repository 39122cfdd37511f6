// Users by mail address.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  if (doc.email) emit(doc.email.toLowerCase(), null);
}
