// Descriptions of the webhooks on offer.
function map(doc) {
  if (doc.pvt_type !== 'webhook_meta' || doc.pvt_deleted) return;
  emit(doc.name, null);
}
