// Accounts by the addresses they are known by.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  (doc.ips || []).forEach(function (entry) {
    if (entry.ip) emit(entry.ip, { owner_id: doc._id, account_id: doc.pvt_account_id });
  });
}
