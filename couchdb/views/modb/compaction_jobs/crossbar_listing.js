// Compactions.
function map(doc) {
  if (doc.pvt_type !== 'compaction_job' || doc.pvt_deleted) return;
  emit(doc.pvt_created, { id: doc._id, node: doc.pvt_node, pid: doc.pid });
}
