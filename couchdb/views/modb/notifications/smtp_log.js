// Mails that were sent.
function map(doc) {
  if (doc.pvt_type !== 'notify_smtp_log' || doc.pvt_deleted) return;
  emit(doc.pvt_created, {
    id: doc._id,
    template_id: doc.template_id,
    from: doc.from,
    to: doc.to,
    error: doc.error,
    subject: doc.subject,
    created: doc.pvt_created,
    receipt: doc.receipt,
  });
}
