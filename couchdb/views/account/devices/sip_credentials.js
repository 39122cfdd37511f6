// Who signs in with a SIP user name (lower case): devices, and the servers of a PBX.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.sip && doc.sip.username) emit(doc.sip.username.toLowerCase(), doc.sip);
  if (doc.pvt_type !== 'sys_info') return;
  (doc.servers || []).forEach(function (server) {
    var auth = server.auth || {};
    if (!auth.auth_user) return;
    emit(auth.auth_user.toLowerCase(), {
      password: auth.auth_password,
      username: auth.auth_user,
      method: auth.auth_method,
      invite_format: server.options && server.options.inbound_format,
      authorizing_id: doc._id,
      authorizing_type: 'sys_info',
    });
  });
}
