// Search below an account by realm.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (!doc.realm) return;
  var plain = function (text) {
    return String(text)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '');
  };
  (doc.pvt_tree || []).forEach(function (ancestor) {
    emit([ancestor, doc.pvt_type, plain(doc.realm)], {
      id: doc._id,
      descendants_count: doc.descendants_count,
      name: doc.name,
      realm: doc.realm,
    });
  });
}
