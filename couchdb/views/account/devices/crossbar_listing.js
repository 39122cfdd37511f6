// Devices, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'device' || doc.pvt_deleted) return;
  var sip = doc.sip || {};
  emit(doc._id, {
    id: doc._id,
    name: doc.name,
    username: sip.username,
    mac_address: doc.mac_address,
    owner_id: doc.owner_id,
    enabled: doc.enabled !== false,
    device_type: doc.device_type,
    mobile: doc.mobile,
    call_recording: doc.call_recording,
    flags: doc.flags,
  });
}
