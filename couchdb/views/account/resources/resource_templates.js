// Templates of carriers.
function map(doc) {
  if (doc.pvt_type !== 'resource_template' || doc.pvt_deleted) return;
  emit(doc._id, {
    id: doc._id,
    name: doc.name,
    template_name: doc.template_name,
    classifiers: doc.classifiers,
  });
}
