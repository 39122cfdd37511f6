// Attempts to call a webhook, by time.
function map(doc) {
  if (doc.pvt_type !== 'webhook_attempt' || doc.pvt_deleted) return;
  emit([doc.hook_id, doc.pvt_created], null);
}
