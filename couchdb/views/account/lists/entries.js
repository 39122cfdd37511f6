// Entries of a list: own documents, or inside an old list.
function map(doc) {
  if ((doc.pvt_type !== 'list' && doc.pvt_type !== 'list_entry') || doc.pvt_deleted) return;
  if (doc.pvt_type === 'list_entry')
    emit(doc.list_id, {
      capture_group_key: doc.capture_group_key,
      capture_group_length: doc.capture_group_length,
      name: doc.name || doc.displayname,
      number: doc.number,
      pattern: doc.pattern,
      prefix: doc.prefix,
      regexp: doc.regexp,
      type: doc.type,
    });
  else
    Object.keys(doc.entries || {}).forEach(function (id) {
      emit(doc._id, doc.entries[id]);
    });
}
