// Addresses by the account that has them.
function map(doc) {
  if (doc.pvt_type !== 'dedicated_ip' || doc.pvt_deleted) return;
  if (doc.pvt_assigned_to) emit(doc.pvt_assigned_to, { ip: doc._id, zone: doc.pvt_zone });
}
