// Textflows by number.
function map(doc) {
  if (doc.pvt_type !== 'textflow' || doc.pvt_deleted) return;
  (Array.isArray(doc.numbers) ? doc.numbers : []).forEach(function (number) {
    emit(number, { name: doc.name });
  });
}
