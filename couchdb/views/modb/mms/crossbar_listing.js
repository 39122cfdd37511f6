// Multimedia messages, by time.
function map(doc) {
  if (doc.pvt_type !== 'mms' || doc.pvt_deleted) return;
  emit([doc.pvt_created, doc._id], {
    id: doc._id,
    from: doc.from,
    to: doc.to,
    created: doc.pvt_created,
    direction: doc.direction,
    status: doc.pvt_status,
  });
}
