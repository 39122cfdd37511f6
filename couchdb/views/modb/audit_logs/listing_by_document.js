// Requests that changed something, by the documents that they changed.
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
  changes.forEach(function (change) {
    emit([change.id, doc.pvt_created, doc._id], row);
  });
}
