// Callflows by each of their numbers: the first step of finding what answers a dialled number.
function map(doc) {
  if (doc.pvt_type !== 'callflow' || doc.pvt_deleted) return;
  (Array.isArray(doc.numbers) ? doc.numbers : []).forEach(function (number) {
    emit(number, { name: doc.name });
  });
}
