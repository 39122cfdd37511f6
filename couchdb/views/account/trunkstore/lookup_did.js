// The server of a PBX that takes a DID, with everything needed to send the call there.
function map(doc) {
  if (doc.pvt_type !== 'sys_info' || doc.pvt_deleted) return;
  var account = doc.account || {};
  (doc.servers || []).forEach(function (server) {
    var options = server.options || {};
    Object.keys(server.DIDs || {}).forEach(function (did) {
      emit(did, {
        callerid_server: options.caller_id,
        callerid_account: account.caller_id,
        e911_callerid_server: options.emergency_caller_id,
        e911_callerid_account: account.emergency_caller_id,
        auth: server.auth,
        DID_Opts: server.DIDs[did],
        inbound_format: options.inbound_format,
        server: options,
        account: account,
      });
    });
  });
}
