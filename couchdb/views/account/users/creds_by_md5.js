// Users by the MD5 of "name:password".
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  if (doc.pvt_md5_auth) emit(doc.pvt_md5_auth, { owner_id: doc._id, account_id: doc.pvt_account_id });
}
