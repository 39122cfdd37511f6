// List entries by number or prefix.
function map(doc) {
  if (doc.pvt_type !== 'list_entry' || doc.pvt_deleted) return;
  if (doc.number || doc.prefix) emit(doc.number ? doc.number : doc.prefix, null);
}
