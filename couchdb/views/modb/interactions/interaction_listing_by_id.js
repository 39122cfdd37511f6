// Legs of an interaction, by time.
function map(doc) {
  if (doc.pvt_type !== 'cdr' || doc.pvt_deleted) return;
  var channelTime = doc.channel_created_time || doc.timestamp;
  if (doc.interaction_id) emit([doc.interaction_id, channelTime], null);
}
