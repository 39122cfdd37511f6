// Users by the SHA-1 of "name:password".
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  if (doc.pvt_sha1_auth) emit(doc.pvt_sha1_auth, { owner_id: doc._id, account_id: doc.pvt_account_id });
}
