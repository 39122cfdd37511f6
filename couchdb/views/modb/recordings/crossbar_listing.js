// Recordings of calls, by time.
function map(doc) {
  if (doc.pvt_type !== 'call_recording' || doc.pvt_deleted) return;
  emit([doc.pvt_created, doc._id], null);
}
