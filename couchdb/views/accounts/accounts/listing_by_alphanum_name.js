// Accounts by the letters and digits of their name, in lower case: how people write it when they log in.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  if (doc.name) emit(doc.name.toLowerCase().replace(/[^a-z0-9]/g, ''), { account_id: doc._id });
}
