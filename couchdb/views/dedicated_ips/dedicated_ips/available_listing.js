// Addresses that nobody has, by zone.
function map(doc) {
  if (doc.pvt_type !== 'dedicated_ip' || doc.pvt_deleted) return;
  if (doc.pvt_status === 'available') emit(doc.pvt_zone, { ip: doc._id, zone: doc.pvt_zone });
}
