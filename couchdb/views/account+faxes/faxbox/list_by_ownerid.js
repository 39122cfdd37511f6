// Fax boxes of a user.
function map(doc) {
  if (doc.pvt_type !== 'faxbox' || doc.pvt_deleted) return;
  if (doc.owner_id) emit(doc.owner_id, null);
}
