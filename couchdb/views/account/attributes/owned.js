// What a user owns, by type; devices also by who is hot-desked on them.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.owner_id) emit([doc.owner_id, doc.pvt_type], doc._id);
  var entries = (doc.pvt_type === 'device' && doc.hotdesk && doc.hotdesk.users) || {};
  Object.keys(entries).forEach(function (owner) {
    if (owner !== doc.owner_id) emit([owner, doc.pvt_type], doc._id);
  });
}
