// Names of the carriers.
function map(doc) {
  if (doc.pvt_type !== 'resource' || doc.pvt_deleted) return;
  emit(doc._id, doc.name);
}
