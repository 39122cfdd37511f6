// Servers, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'server' || doc.pvt_deleted) return;
  emit(doc._id, {
    id: doc._id,
    name: doc.name,
    hostname: doc.hostname,
    deploy_status: doc.pvt_deploy_status,
    roles: doc.roles,
    ip: doc.ip,
  });
}
