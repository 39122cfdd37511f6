// Roles, by name.
function map(doc) {
  if (doc.pvt_type !== 'role' || doc.pvt_deleted) return;
  emit(doc.name, { id: doc._id, name: doc.name, priv_level: doc.priv_level });
}
