// Stored functions that are switched on.
function map(doc) {
  if (doc.pvt_type !== 'function' || doc.pvt_deleted) return;
  if (doc.enabled === false) return;
  emit([doc.pvt_account_id, doc._id], { name: doc.name, function_js: doc.function_js });
}
