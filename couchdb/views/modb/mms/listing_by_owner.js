// Multimedia messages from and to a user.
function map(doc) {
  if (doc.pvt_type !== 'mms' || doc.pvt_deleted) return;
  var row = {
    id: doc._id,
    from: doc.from,
    to: doc.to,
    created: doc.pvt_created,
    direction: doc.direction,
    status: doc.pvt_status,
  };
  if (doc.pvt_target_owner_id) emit([doc.pvt_target_owner_id, doc.pvt_created], row);
  if (doc.pvt_owner_id) emit([doc.pvt_owner_id, doc.pvt_created], row);
}
