// Fax boxes, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'faxbox' || doc.pvt_deleted) return;
  emit(doc._id, { id: doc._id, name: doc.name, created: doc.pvt_created, flags: doc.flags });
}
