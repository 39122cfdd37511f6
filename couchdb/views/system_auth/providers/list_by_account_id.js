// Providers that the apps of an account are registered with.
function map(doc) {
  if (doc.pvt_type !== 'app' || doc.pvt_deleted) return;
  emit([doc.pvt_account_id, doc.pvt_auth_provider], { _id: doc.pvt_auth_provider });
}

var reduce = '_count';
