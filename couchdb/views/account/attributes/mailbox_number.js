// Voicemail boxes by number.
function map(doc) {
  if (doc.pvt_type !== 'vmbox' || doc.pvt_deleted) return;
  if (doc.mailbox) emit(doc.mailbox, null);
}
