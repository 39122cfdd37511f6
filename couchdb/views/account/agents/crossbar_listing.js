// Users who are agents of a queue.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  if (doc.queues && doc.queues.length)
    emit(doc._id, { first_name: doc.first_name, last_name: doc.last_name, queues: doc.queues });
}
