// Hot-desked users and the devices they are on.
function map(doc) {
  if (doc.pvt_type !== 'device' || doc.pvt_deleted) return;
  var entries = (doc.hotdesk && doc.hotdesk.users) || {};
  Object.keys(entries).forEach(function (user) {
    emit(user, { device_id: doc._id, device_name: doc.name });
  });
}
