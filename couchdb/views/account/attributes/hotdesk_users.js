// Devices by the users that are logged in to them.
function map(doc) {
  if (doc.pvt_deleted) return;
  var entries = (doc.hotdesk && doc.hotdesk.users) || {};
  Object.keys(entries).forEach(function (owner) {
    emit(owner, null);
  });
}
