// Search below an account by id.
function map(doc) {
  if (doc.pvt_deleted) return;
  (doc.pvt_tree || []).forEach(function (ancestor) {
    emit([ancestor, doc.pvt_type, doc._id], {
      id: doc._id,
      descendants_count: doc.descendants_count,
      name: doc.name,
      realm: doc.realm,
    });
  });
}
