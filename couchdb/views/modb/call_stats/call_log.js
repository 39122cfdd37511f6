// Calls of a queue, by time.
function map(doc) {
  if (doc.pvt_type !== 'call_stat' || doc.pvt_deleted) return;
  emit([doc.queue_id, doc.entered_timestamp], null);
}
