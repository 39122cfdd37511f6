// What an account has that a plan may charge for: what counts as what is stated here and nowhere else.
function map(doc) {
  if (doc.pvt_deleted || doc.enabled === false) return;
  var one = function (category, item) {
    emit([category, item], 1);
  };
  switch (doc.pvt_type) {
    case 'account':
      one('accounts', 'account');
      break;
    case 'user':
      one('users', doc.priv_level || 'user');
      break;
    case 'device':
      one('devices', doc.device_type || 'sip_device');
      break;
    case 'vmbox':
      one('voicemails', 'mailbox');
      if (doc.transcribe === true) one('voicemails', 'transcription');
      break;
    case 'faxbox':
      one('faxes', 'mailbox');
      break;
    case 'conference':
      one('conferences', 'conference');
      break;
    case 'whitelabel':
      one('branding', 'whitelabel');
      break;
    case 'limits':
      ['twoway_trunks', 'inbound_trunks', 'outbound_trunks'].forEach(function (trunks) {
        if (doc[trunks] > 0) emit(['limits', trunks], doc[trunks]);
      });
      break;
    case 'dedicated_ip':
      one('ips', 'dedicated');
      break;
    case 'number':
      // Which kind of number it is depends on settings: who reads this asks them.
      one('phone_numbers', doc._id);
      if (doc.pvt_module_name) one('number_carriers', doc.pvt_module_name);
      Object.keys(doc.pvt_features || {}).forEach(function (feature) {
        one('number_services', feature);
      });
      break;
  }
}

var reduce = '_sum';
