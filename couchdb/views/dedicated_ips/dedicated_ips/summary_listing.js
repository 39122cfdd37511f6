// All addresses by host.
function map(doc) {
  if (doc.pvt_type !== 'dedicated_ip' || doc.pvt_deleted) return;
  emit(doc.pvt_host, {
    ip: doc._id,
    zone: doc.pvt_zone,
    host: doc.pvt_host,
    status: doc.pvt_status,
    assigned_to: doc.pvt_assigned_to,
  });
}
