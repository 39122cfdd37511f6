// Mails that were to become faxes.
function map(doc) {
  if (doc.pvt_type !== 'fax_smtp_log' || doc.pvt_deleted) return;
  emit(doc.pvt_created, {
    id: doc._id,
    from: doc.from,
    to: doc.to,
    error: doc.error,
    created: doc.pvt_created,
  });
}
