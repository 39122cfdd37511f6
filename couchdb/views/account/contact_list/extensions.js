// Numbers that can be dialled: of users, of feature codes, and all others.
function map(doc) {
  if (doc.pvt_type !== 'callflow' || doc.pvt_deleted) return;
  var first = doc.flow && doc.flow.module;
  if (doc.owner_id) emit('extension', { id: doc.owner_id, numbers: doc.numbers });
  else if (doc.featurecode)
    emit('featurecode', { name: doc.featurecode.name, first_module: first, numbers: doc.numbers });
  else emit('custom', { id: doc._id, name: doc.name, first_module: first, numbers: doc.numbers });
}
