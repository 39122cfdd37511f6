// Attempts to sign in, by way of signing in.
function map(doc) {
  if (doc.pvt_type !== 'login_attempt' || doc.pvt_deleted) return;
  emit([doc.auth_module, doc.pvt_created], {
    id: doc._id,
    auth_type: doc.auth_type,
    auth_module: doc.auth_module,
    status: doc.status,
    message: doc.message,
    timestamp: doc.pvt_created,
    client_ip: doc.client_ip,
  });
}
