// Amounts by service; what was taken counts below zero.
function map(doc) {
  if (doc.pvt_type !== 'ledger' || doc.pvt_deleted) return;
  var amount = (doc.amount || 0) * (doc.pvt_ledger_type === 'debit' ? -1 : 1);
  if (doc.source) emit([doc.source.service, doc.pvt_created], amount);
}

var reduce = '_sum';
