// Devices that sign in under a realm of their own.
function map(doc) {
  if (doc.pvt_type !== 'device' || doc.pvt_deleted) return;
  var sip = doc.sip || {};
  if (!sip.realm || !sip.username) return;
  [].concat(sip.realm).forEach(function (realm) {
    emit([realm.toLowerCase(), sip.username.toLowerCase()], sip);
  });
}
