// Entries of the ledgers of each service, by time.
function map(doc) {
  if (doc.pvt_type !== 'ledger' || doc.pvt_deleted || !doc.source) return;
  emit([doc.source.service, doc.pvt_created, doc._id], {
    amount: (doc.amount || 0) * (doc.pvt_ledger_type === 'debit' ? -1 : 1),
    source: doc.source,
    usage: doc.usage,
    metadata: doc.metadata || {},
    executor: doc.executor || {},
  });
}
