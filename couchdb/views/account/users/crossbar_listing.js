// Users by name with the features they use, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  var features = [];
  var has = function (name, condition) {
    if (condition) features.push(name);
  };
  has('caller_id', doc.caller_id && doc.caller_id.external && doc.caller_id.external.number);
  has('call_forward', doc.call_forward && doc.call_forward.enabled);
  has('hotdesk', doc.hotdesk && doc.hotdesk.enabled);
  has('vm_to_email', doc.vm_to_email_enabled);
  has('music_on_hold', doc.music_on_hold && doc.music_on_hold.media_id);
  has('do_not_disturb', doc.do_not_disturb && doc.do_not_disturb.enabled);
  Object.keys(doc.smartpbx || {}).forEach(function (name) {
    has(name, doc.smartpbx[name] && doc.smartpbx[name].enabled);
  });
  emit(doc.last_name + ' ' + doc.first_name, {
    id: doc._id,
    features: features,
    username: doc.username,
    email: doc.email,
    first_name: doc.first_name,
    last_name: doc.last_name,
    priv_level: doc.priv_level,
    feature_level: doc.feature_level,
    presence_id: doc.presence_id,
    timezone: doc.timezone,
    call_recording: doc.call_recording,
    service: doc.service,
    flags: doc.flags,
  });
}
