// Devices by presence id, which is the SIP user name unless set.
function map(doc) {
  if (doc.pvt_type !== 'device' || doc.pvt_deleted) return;
  var presence = doc.presence_id || (doc.sip && doc.sip.username);
  if (presence) emit(presence, null);
}
