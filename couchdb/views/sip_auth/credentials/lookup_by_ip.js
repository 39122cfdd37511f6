// Who calls from an address that needs no password: devices, and the gateways of carriers.
function map(doc) {
  if ((doc.pvt_type !== 'device' && doc.pvt_type !== 'resource') || doc.pvt_deleted) return;
  if (doc.enabled === false) return;
  if (doc.pvt_type === 'device') {
    var sip = doc.sip || {};
    var ip = sip.inbound_ip || sip.ip;
    if (ip)
      emit(ip, {
        owner_id: doc.owner_id,
        account_id: doc.pvt_account_id,
        authorizing_id: doc._id,
        authorizing_type: doc.pvt_type,
        mobile: doc.mobile,
      });
    return;
  }
  (doc.gateways || []).forEach(function (gateway) {
    var server = gateway.inbound_ip || gateway.server;
    if (server && gateway.enabled !== false)
      emit(server, {
        account_id: doc.pvt_account_id,
        authorizing_id: doc._id,
        authorizing_type: doc.pvt_type,
      });
  });
}
