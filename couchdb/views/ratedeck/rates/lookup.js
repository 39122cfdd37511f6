// Rates by the prefix that they are for.
function map(doc) {
  if (doc.pvt_type !== 'rate' || doc.pvt_deleted) return;
  var prefix = parseInt(doc.prefix, 10);
  if (!isNaN(prefix)) emit(prefix, null);
}
