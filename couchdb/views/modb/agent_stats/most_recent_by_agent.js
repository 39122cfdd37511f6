// States of an agent, by time.
function map(doc) {
  if (doc.pvt_type !== 'status_stat' || doc.pvt_deleted) return;
  emit([doc.agent_id, doc.timestamp], null);
}
