// Outside numbers that ring a device or user at once.
function map(doc) {
  if (doc.pvt_type !== 'callflow' || doc.pvt_deleted) return;
  if (!doc.flow || !doc.flow.data || !doc.flow.data.id) return;
  (Array.isArray(doc.numbers) ? doc.numbers : []).forEach(function (number) {
    if (/^\+?\d{7,}$/.test(number)) emit([doc.flow.module, doc.flow.data.id, number], { msisdn: number });
  });
}
