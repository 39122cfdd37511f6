// Names of the users.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  emit(null, { id: doc._id, name: doc.first_name + ' ' + doc.last_name });
}
