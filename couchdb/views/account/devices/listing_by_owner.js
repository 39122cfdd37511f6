// Devices of a user: owned, and hot-desked.
function map(doc) {
  if (doc.pvt_type !== 'device' || doc.pvt_deleted) return;
  var row = function (owner, hotdesked) {
    emit(owner, {
      id: doc._id,
      name: doc.name,
      mac_address: doc.mac_address,
      owner_id: doc.owner_id,
      enabled: doc.enabled !== false,
      device_type: doc.device_type,
      hotdesked: hotdesked,
      call_recording: doc.call_recording,
    });
  };
  if (doc.owner_id) row(doc.owner_id, false);
  var entries = (doc.hotdesk && doc.hotdesk.users) || {};
  Object.keys(entries).forEach(function (owner) {
    row(owner, true);
  });
}
