// Access lists of the account and of its devices.
function map(doc) {
  if ((doc.pvt_type !== 'account' && doc.pvt_type !== 'device') || doc.pvt_deleted) return;
  if (doc.access_lists) emit(doc.name, { type: doc.pvt_type, acls: doc.access_lists });
}
