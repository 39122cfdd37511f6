// Patterns of a list.
function map(doc) {
  if (doc.pvt_type !== 'list_entry' || doc.pvt_deleted) return;
  if (doc.regexp || doc.pattern) emit(doc.list_id, doc.regexp ? doc.regexp : doc.pattern);
}
