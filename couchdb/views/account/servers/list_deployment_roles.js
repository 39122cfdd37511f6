// Roles that a server can have.
function map(doc) {
  if (doc.pvt_type !== 'deployment_role' || doc.pvt_deleted) return;
  emit(doc._id, null);
}
