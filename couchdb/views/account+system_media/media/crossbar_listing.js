// Media, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'media' || doc.pvt_deleted) return;
  emit(doc._id, {
    id: doc._id,
    name: doc.name,
    media_type: doc.media_type,
    media_source: doc.media_source,
    language: doc.language,
    is_prompt: !!doc.prompt_id,
  });
}
