// Attachments that could not be stored outside, by handler.
function map(doc) {
  if (doc.pvt_type !== 'attachment_handler_error' || doc.pvt_deleted) return;
  emit([doc.handler_id, doc.pvt_created], {
    id: doc._id,
    attachment_name: doc.attachment_name,
    resp_code: doc.resp_code,
    reason: doc.reason,
  });
}
