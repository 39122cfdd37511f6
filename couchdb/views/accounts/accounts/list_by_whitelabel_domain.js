// Accounts by the domain of their branding.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  var domain = doc.pvt_whitelabel_domain || (doc.whitelabel && doc.whitelabel.domain);
  if (domain) emit(domain, { account_id: doc.pvt_account_id, account_db: doc.pvt_account_db });
}
