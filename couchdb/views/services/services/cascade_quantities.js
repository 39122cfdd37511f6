// Quantities of an account and of all below it.
function map(doc) {
  if (doc.pvt_type !== 'service' || doc.pvt_deleted) return;
  var quantities = doc.quantities || {};
  Object.keys(quantities).forEach(function (category) {
    Object.keys(quantities[category] || {}).forEach(function (item) {
      (doc.pvt_tree || []).concat(doc._id).forEach(function (account) {
        emit([account, category, item], quantities[category][item]);
      });
    });
  });
}

var reduce = '_sum';
