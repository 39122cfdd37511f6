// Calling cards that are on, by their PIN.
function map(doc) {
  if (doc.pvt_type !== 'cccp' || doc.pvt_deleted || !doc.active || !doc.pin) return;
  emit(doc.pin, {
    id: doc._id,
    account_id: doc.pvt_account_id,
    user_id: doc.user_id,
    retain_cid: doc.retain_cid,
  });
}
