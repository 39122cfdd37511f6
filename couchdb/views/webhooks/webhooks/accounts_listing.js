// How many webhooks each account has.
function map(doc) {
  if (doc.pvt_type !== 'webhook' || doc.pvt_deleted) return;
  emit(doc.pvt_account_id, null);
}

var reduce = '_count';
