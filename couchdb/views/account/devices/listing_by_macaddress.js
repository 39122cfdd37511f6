// Devices by hardware address.
function map(doc) {
  if (doc.pvt_type !== 'device' || doc.pvt_deleted) return;
  if (doc.mac_address) emit(doc.mac_address, null);
}
