// Documents of the skeleton resource.
function map(doc) {
  if (doc.pvt_type !== 'skel' || doc.pvt_deleted) return;
  emit(doc._id, { id: doc._id, name: doc.name });
}
