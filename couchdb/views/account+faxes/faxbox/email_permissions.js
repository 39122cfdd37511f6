// Fax boxes by who may send mail to them.
function map(doc) {
  if (doc.pvt_type !== 'faxbox' || doc.pvt_deleted) return;
  (doc.smtp_permission_list || []).forEach(function (tag) {
    emit(tag.toLowerCase(), null);
  });
}
