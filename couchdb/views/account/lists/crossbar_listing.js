// Lists, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'list' || doc.pvt_deleted) return;
  emit(doc._id, { id: doc._id, name: doc.name, description: doc.description, list_type: doc.list_type });
}
