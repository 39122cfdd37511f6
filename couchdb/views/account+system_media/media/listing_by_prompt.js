// Prompts by id and language. (The misspelled key of the value is part of the contract.)
function map(doc) {
  if (doc.pvt_type !== 'media' || doc.pvt_deleted) return;
  var l = doc.language || 'no_language';
  if (doc.prompt_id)
    emit([doc.prompt_id, l.toLowerCase()], {
      id: doc._id,
      prompt_id: doc.prompt_id,
      langauge: doc.language,
      is_prompt: true,
    });
}

var reduce = '_count';
