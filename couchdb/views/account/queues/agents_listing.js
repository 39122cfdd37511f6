// Agents of a queue.
function map(doc) {
  if (doc.pvt_type !== 'user' || doc.pvt_deleted) return;
  (doc.queues || []).forEach(function (queue) {
    emit([queue, doc._id], doc._id);
  });
}

var reduce = '_count';
