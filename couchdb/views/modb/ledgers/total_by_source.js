// Amounts by service.
function map(doc) {
  if (doc.pvt_type !== 'ledger' || doc.pvt_deleted) return;
  if (doc.source) emit([doc.source.service, doc.pvt_created], doc.amount);
}

var reduce = '_sum';
