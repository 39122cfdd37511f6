// Quantities of the whole cluster.
function map(doc) {
  if (doc.pvt_type !== 'service' || doc.pvt_deleted) return;
  var quantities = (doc.quantities || {}).account || {};
  Object.keys(quantities).forEach(function (category) {
    Object.keys(quantities[category] || {}).forEach(function (item) {
      emit(category + '.' + item, quantities[category][item]);
    });
  });
}

var reduce = '_sum';
