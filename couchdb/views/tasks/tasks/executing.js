// Tasks that somebody does or is to do, by when they were started.
function map(doc) {
  if (doc.pvt_type !== 'task' || doc.pvt_deleted) return;
  if (doc.pvt_status === 'executing') emit(doc.pvt_started_at, doc.pvt_claim || null);
}
