// Transactions of a month, by time.
function map(doc) {
  if (doc.pvt_type !== 'transaction' || doc.pvt_deleted) return;
  emit(doc.pvt_created, {
    id: doc._id,
    amount: doc.amount,
    status: doc.status || doc.pvt_status,
    executor: doc.executor,
    description: doc.description,
    metadata: doc.metadata,
    bookkeeper: doc.bookkeeper,
    created: doc.pvt_created,
  });
}
