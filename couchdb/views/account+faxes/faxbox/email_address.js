// Fax boxes by the mail addresses that send through them.
function map(doc) {
  if (doc.pvt_type !== 'faxbox' || doc.pvt_deleted) return;
  if (doc.pvt_smtp_email_address) emit(doc.pvt_smtp_email_address, doc.pvt_account_id);
  if (doc.custom_smtp_email_address) emit(doc.custom_smtp_email_address, doc.pvt_account_id);
}
