// Users by the salted hashes of the two digests that clients log in with.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  var hashes = doc.pvt_argon2_auth || {};
  Object.keys(hashes).forEach(function (method) {
    emit(hashes[method], { owner_id: doc._id, account_id: doc.pvt_account_id, method: method });
  });
}
