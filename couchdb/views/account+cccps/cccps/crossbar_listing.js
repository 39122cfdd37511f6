// Calling cards, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'cccp' || doc.pvt_deleted) return;
  emit(doc._id, {
    id: doc._id,
    account_id: doc.pvt_account_id,
    active: doc.active,
    user_id: doc.user_id,
    cid: doc.cid,
    pin: doc.pin,
    retain_cid: doc.retain_cid,
    comment: doc.comment,
  });
}
