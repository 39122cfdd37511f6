// Call detail records, oldest first, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'cdr' || doc.pvt_deleted) return;
  var vars = doc.custom_channel_vars || {};
  emit([doc.pvt_created, doc._id], {
    id: doc._id,
    call_id: doc.call_id,
    caller_id_name: doc.caller_id_name,
    caller_id_number: doc.caller_id_number,
    callee_id_name: doc.callee_id_name,
    callee_id_number: doc.callee_id_number,
    duration_seconds: doc.duration_seconds,
    interaction_id: doc.interaction_id,
    billing_seconds: doc.billing_seconds,
    timestamp: doc.timestamp,
    channel_created_time: doc.channel_created_time,
    hangup_cause: doc.hangup_cause,
    other_leg_call_id: doc.other_leg_call_id,
    owner_id: vars.owner_id,
    to: doc.to,
    from: doc.from,
    inception: vars.inception,
    direction: doc.call_direction,
    request: doc.request,
    recording_url: vars.recording_url,
    media_recordings: doc.media_recordings,
    media_server: doc.media_server,
    call_priority: vars.call_priority,
    cost: vars.cost,
    call_type: vars.account_billing,
    rate: vars.rate,
    rate_name: vars.rate_name,
    bridge_id: vars.bridge_id,
    authorizing_id: vars.authorizing_id,
    dialed_number: doc.digits_dialed,
    calling_from: doc.caller_id_number,
  });
}
