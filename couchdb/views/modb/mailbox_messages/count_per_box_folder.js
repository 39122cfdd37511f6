// How many messages a box has in each folder.
function map(doc) {
  if (doc.pvt_type !== 'mailbox_message' || doc.pvt_deleted) return;
  var meta = doc.metadata || {};
  emit([doc.source_id, meta.folder, meta.timestamp], null);
}
