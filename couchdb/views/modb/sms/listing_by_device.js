// Text messages from and to a device.
function map(doc) {
  if (doc.pvt_type !== 'sms' || doc.pvt_deleted) return;
  var row = function (direction) {
    return {
      id: doc._id,
      from: doc.from_user || doc.from,
      to: doc.to_user || doc.to,
      created: doc.pvt_created,
      direction: doc.direction || direction,
      status: doc.pvt_status,
      body: doc.Body || doc.body,
    };
  };
  if (doc.pvt_target_device_id) emit([doc.pvt_target_device_id, doc.pvt_created], row('inbound'));
  if (doc.pvt_authorization_id) emit([doc.pvt_authorization_id, doc.pvt_created], row('outbound'));
}
