// Click-to-call buttons, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'click2call' || doc.pvt_deleted) return;
  emit(doc._id, { id: doc._id, name: doc.name, extension: doc.extension, realm: doc.realm });
}
