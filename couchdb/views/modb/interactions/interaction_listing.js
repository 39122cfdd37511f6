// Interactions by time; reduced to the first leg of each.
function map(doc) {
  if (doc.pvt_type !== 'cdr' || doc.pvt_deleted) return;
  var channelTime = doc.channel_created_time || doc.timestamp;
  if (doc.interaction_id)
    emit([doc.interaction_time, doc.interaction_key, channelTime], {
      id: doc._id,
      channel_time: channelTime,
      leg: doc.call_direction,
    });
}

function reduce(keys, values) {
  return values.reduce(function (first, leg) {
    return leg.channel_time < first.channel_time ? leg : first;
  });
}
