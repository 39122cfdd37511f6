// Quantities of all accounts below each account.
function map(doc) {
  if (doc.pvt_type !== 'service' || doc.pvt_deleted) return;
  var quantities = (doc.quantities || {}).account || {};
  Object.keys(quantities).forEach(function (category) {
    Object.keys(quantities[category] || {}).forEach(function (item) {
      (doc.pvt_tree || []).forEach(function (account) {
        emit([account, category, item], quantities[category][item]);
      });
    });
  });
}

var reduce = '_sum';
