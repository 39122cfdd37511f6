// Messages of a box, by time.
function map(doc) {
  if (doc.pvt_type !== 'mailbox_message' || doc.pvt_deleted) return;
  var meta = doc.metadata || {};
  emit([doc.source_id, meta.timestamp], {
    timestamp: meta.timestamp,
    from: meta.from,
    to: meta.to,
    caller_id_number: meta.caller_id_number,
    caller_id_name: meta.caller_id_name,
    call_id: meta.call_id,
    folder: meta.folder,
    length: meta.length,
    media_id: meta.media_id,
    transcribed: !!meta.transcription,
  });
}
