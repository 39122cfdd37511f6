// Users by hot desk id.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  if (doc.hotdesk && doc.hotdesk.id) emit(doc.hotdesk.id, null);
}
