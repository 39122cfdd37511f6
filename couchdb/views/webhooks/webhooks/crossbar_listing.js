// Webhooks, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'webhook' || doc.pvt_deleted) return;
  emit([doc.pvt_account_id, doc._id], {
    id: doc._id,
    hook: doc.hook,
    name: doc.name,
    uri: doc.uri,
    group: doc.group,
    enabled: doc.enabled !== false,
    disable_reason: doc.pvt_disabled_message,
  });
}
