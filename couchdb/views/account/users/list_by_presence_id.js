// Users by presence id.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  if (doc.presence_id) emit(doc.presence_id, null);
}
