// Media by language.
function map(doc) {
  if (doc.pvt_type !== 'media' || doc.pvt_deleted) return;
  var l = doc.language || 'no_language';
  emit([l.toLowerCase(), doc.prompt_id || doc.name], { is_prompt: !!doc.prompt_id });
}

var reduce = '_count';
