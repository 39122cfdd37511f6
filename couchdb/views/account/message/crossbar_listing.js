// Textflows with the actions they use.
function map(doc) {
  if (doc.pvt_type !== 'textflow' || doc.pvt_deleted) return;
  var modules = [];
  var walk = function (node) {
    if (!node) return;
    if (node.module && modules.indexOf(node.module) < 0) modules.push(node.module);
    Object.keys(node.children || {}).forEach(function (name) {
      walk(node.children[name]);
    });
  };
  walk(doc.flow);
  emit(doc._id, {
    id: doc._id,
    name: doc.name,
    type: doc.type,
    numbers: doc.numbers,
    patterns: doc.patterns,
    featurecode: doc.featurecode || false,
    owner_id: doc.owner_id,
    group_id: doc.group_id,
    modules: modules,
  });
}
