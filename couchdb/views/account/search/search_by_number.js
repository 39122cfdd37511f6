// Search by number within a type.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (!doc.pvt_type) return;
  var plain = function (text) {
    return String(text)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '');
  };
  (Array.isArray(doc.numbers) ? doc.numbers : []).forEach(function (number) {
    emit([doc.pvt_type, plain(number)], { id: doc._id, name: doc.name, numbers: doc.numbers });
  });
}
