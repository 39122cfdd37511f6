// What a server of a PBX may do, by the realm and user name it signs in with.
function map(doc) {
  if (doc.pvt_type !== 'sys_info' || doc.pvt_deleted) return;
  var account = doc.account || {};
  (doc.servers || []).forEach(function (server) {
    var auth = server.auth || {};
    var realm = account.auth_realm || auth.auth_realm;
    if (!realm || !auth.auth_user) return;
    emit([realm.toLowerCase(), auth.auth_user.toLowerCase()], {
      server: { name: server.name, auth: auth, options: server.options || {} },
      account: account,
      call_restriction: doc.call_restriction,
    });
  });
}
