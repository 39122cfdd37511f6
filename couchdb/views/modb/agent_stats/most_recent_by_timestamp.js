// States of all agents, by time.
function map(doc) {
  if (doc.pvt_type !== 'status_stat' || doc.pvt_deleted) return;
  emit([doc.timestamp, doc.agent_id], null);
}
