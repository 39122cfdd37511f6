// Groups by each of their members.
function map(doc) {
  if (doc.pvt_type !== 'group' || doc.pvt_deleted) return;
  var features = [];
  if (doc.music_on_hold && doc.music_on_hold.media_id) features.push('music_on_hold');
  Object.keys(doc.smartpbx || {}).forEach(function (name) {
    if (doc.smartpbx[name] && doc.smartpbx[name].enabled) features.push(name);
  });
  var members = Object.keys(doc.endpoints || {});
  members.forEach(function (id) {
    emit(id, {
      id: doc._id,
      name: doc.name,
      features: features,
      endpoints: members.length,
      flags: doc.flags,
    });
  });
}
