// Changes to services.
function map(doc) {
  if (doc.pvt_type !== 'audit_log' || doc.pvt_deleted) return;
  emit([doc.pvt_created, doc._id], {
    id: doc._id,
    status: doc.status,
    reason: doc.reason,
    message: doc.message,
    type: doc.type || ((doc.audit || {}).changes || {}).type,
    summary: doc.summary || (doc.invoice || {}).summary,
  });
}
