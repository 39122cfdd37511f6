// Owners of a device (or none, for the server of a PBX) by SIP user name.
function map(doc) {
  if (doc.pvt_deleted) return;
  var hotdesked = (doc.hotdesk && doc.hotdesk.users) || {};
  var owners = doc.owner_id ? [doc.owner_id] : Object.keys(hotdesked);
  if (doc.sip && doc.sip.username) emit(doc.sip.username, owners);
  if (doc.pvt_type !== 'sys_info') return;
  (doc.servers || []).forEach(function (server) {
    if (server.auth && server.auth.auth_user) emit(server.auth.auth_user, []);
  });
}
