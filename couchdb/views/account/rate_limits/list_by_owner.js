// Rate limits by whom they bind.
function map(doc) {
  if (doc.pvt_type !== 'rate_limits' || doc.pvt_deleted) return;
  emit(doc.pvt_owner_id, null);
}
