// Attempts to call any webhook, by time.
function map(doc) {
  if (doc.pvt_type !== 'webhook_attempt' || doc.pvt_deleted) return;
  emit(doc.pvt_created, null);
}
