// The account document by name.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  emit(doc.name, { id: doc._id, name: doc.name });
}
