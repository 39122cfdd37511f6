// Webhooks by event.
function map(doc) {
  if (doc.pvt_type !== 'webhook' || doc.pvt_deleted) return;
  emit(doc.hook, doc.pvt_account_id);
}
