// Messages of which nothing is known.
function map(doc) {
  if (doc.pvt_type !== 'mailbox_message' || doc.pvt_deleted) return;
  if (!doc.metadata) emit(doc._id, null);
}
