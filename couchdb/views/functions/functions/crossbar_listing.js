// Stored functions, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'function' || doc.pvt_deleted) return;
  emit([doc.pvt_account_id, doc._id], {
    id: doc._id,
    name: doc.name,
    function_js: doc.function_js,
    enabled: doc.enabled !== false,
    disable_reason: doc.pvt_disabled_message,
  });
}
