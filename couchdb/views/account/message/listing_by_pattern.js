// Textflows by pattern.
function map(doc) {
  if (doc.pvt_type !== 'textflow' || doc.pvt_deleted) return;
  (doc.patterns || []).forEach(function (pattern) {
    emit(pattern, { name: doc.name });
  });
}
