// Text messages, by time.
function map(doc) {
  if (doc.pvt_type !== 'sms' || doc.pvt_deleted) return;
  var direction = doc.pvt_authorization_type === 'resource' ? 'inbound' : 'outbound';
  emit([doc.pvt_created, doc._id], {
    id: doc._id,
    from: doc.from_user || doc.from,
    to: doc.to_user || doc.to,
    created: doc.pvt_created,
    direction: doc.direction || direction,
    status: doc.pvt_status,
    body: doc.Body || doc.body,
  });
}
