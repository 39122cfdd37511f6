// Callflows by each of their patterns: the second step of finding what answers a dialled number.
function map(doc) {
  if (doc.pvt_type !== 'callflow' || doc.pvt_deleted) return;
  (doc.patterns || []).forEach(function (pattern) {
    emit(pattern, { name: doc.name });
  });
}
