// Numbers of textflows by what they lead to.
function map(doc) {
  if (doc.pvt_type !== 'textflow' || doc.pvt_deleted) return;
  if (!doc.flow || !doc.flow.data || !doc.flow.data.id) return;
  (Array.isArray(doc.numbers) ? doc.numbers : []).forEach(function (number) {
    emit([doc.flow.module, doc.flow.data.id, number], { msisdn: number });
  });
}
