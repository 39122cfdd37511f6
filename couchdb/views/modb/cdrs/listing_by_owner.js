// Call detail records of a user.
function map(doc) {
  if (doc.pvt_type !== 'cdr' || doc.pvt_deleted) return;
  var vars = doc.custom_channel_vars || {};
  if (vars.owner_id)
    emit([vars.owner_id, doc.pvt_created, doc._id], {
      id: doc._id,
      call_id: doc.call_id,
      caller_id_name: doc.caller_id_name,
      caller_id_number: doc.caller_id_number,
      callee_id_name: doc.callee_id_name,
      callee_id_number: doc.callee_id_number,
      duration_seconds: doc.duration_seconds,
      billing_seconds: doc.billing_seconds,
      timestamp: doc.timestamp,
      channel_created_time: doc.channel_created_time,
      hangup_cause: doc.hangup_cause,
      other_leg_call_id: doc.other_leg_call_id,
      call_direction: doc.call_direction,
      to: doc.to,
      from: doc.from,
      inception: vars.inception,
    });
}
