// Recordings that are not media of their own.
function map(doc) {
  if (doc.pvt_type !== 'private_media' || doc.pvt_deleted) return;
  emit([doc.media_type, doc._id], { name: doc.name, media_type: doc.media_type });
}
