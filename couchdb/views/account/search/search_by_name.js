// Search by name (lower case, letters and digits only) within a type.
function map(doc) {
  if (doc.pvt_deleted) return;
  var plain = function (text) {
    return String(text)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '');
  };
  var name = doc.name || (doc.first_name || '') + (doc.last_name || '');
  if (doc.pvt_type && name)
    emit([doc.pvt_type, plain(name)], {
      id: doc._id,
      name: doc.name,
      first_name: doc.first_name,
      last_name: doc.last_name,
    });
}
