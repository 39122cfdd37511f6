// How many messages there are in each folder.
function map(doc) {
  if (doc.pvt_type !== 'mailbox_message' || doc.pvt_deleted) return;
  var meta = doc.metadata || {};
  emit([meta.folder, meta.timestamp, doc.source_id], null);
}
