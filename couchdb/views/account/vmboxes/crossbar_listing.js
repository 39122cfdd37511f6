// Voicemail boxes, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'vmbox' || doc.pvt_deleted) return;
  emit(doc.name, {
    id: doc._id,
    name: doc.name,
    mailbox: doc.mailbox,
    owner_id: doc.owner_id,
    messages: (doc.messages || []).length,
    flags: doc.flags,
  });
}
