// Messages that are kept inside old voicemail boxes.
function map(doc) {
  if (doc.pvt_type !== 'vmbox' || doc.pvt_deleted) return;
  (doc.messages || []).forEach(function (message) {
    emit(message.timestamp, {
      source_id: doc._id,
      owner_id: doc.owner_id,
      mailbox: doc.mailbox,
      box_timestamp: doc.pvt_created,
      timezone: doc.timezone,
      metadata: message,
      timestamp: message.timestamp,
      from: message.from,
      to: message.to,
      caller_id_number: message.caller_id_number,
      caller_id_name: message.caller_id_name,
      call_id: message.call_id,
      folder: message.folder,
      length: message.length,
      media_id: message.media_id,
    });
  });
}
