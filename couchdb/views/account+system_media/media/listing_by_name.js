// Media by name.
function map(doc) {
  if (doc.pvt_type !== 'media' || doc.pvt_deleted) return;
  if (doc.name)
    emit(doc.name, { id: doc._id, name: doc.name, media_type: doc.media_type, is_prompt: !!doc.prompt_id });
}
