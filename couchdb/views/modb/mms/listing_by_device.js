// Multimedia messages from and to a device.
function map(doc) {
  if (doc.pvt_type !== 'mms' || doc.pvt_deleted) return;
  var row = {
    id: doc._id,
    from: doc.from,
    to: doc.to,
    created: doc.pvt_created,
    direction: doc.direction,
    status: doc.pvt_status,
  };
  if (doc.pvt_target_device_id) emit([doc.pvt_target_device_id, doc.pvt_created], row);
  if (doc.pvt_authorization_id) emit([doc.pvt_authorization_id, doc.pvt_created], row);
}
