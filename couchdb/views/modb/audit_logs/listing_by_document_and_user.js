// Requests that changed something, by the documents that they changed and who made them.
function map(doc) {
  if (doc.pvt_type !== 'audit_entry' || doc.pvt_deleted) return;
  var changes = (doc.changes || []).map(function (change) {
    return { id: change.id, type: change.type, action: change.action };
  });
  var row = {
    id: doc._id,
    timestamp: doc.timestamp,
    request_id: doc.request_id,
    verb: doc.verb,
    path: doc.path,
    status: doc.status,
    client_ip: doc.client_ip,
    who: doc.who,
    changes: changes,
  };
  var who = doc.who || {};
  var users = [who.user_id, who.original_user_id];
  changes.forEach(function (change) {
    users.forEach(function (user, at) {
      if (user && users.indexOf(user) === at) emit([change.id, user, doc.pvt_created, doc._id], row);
    });
  });
}
