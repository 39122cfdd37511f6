// What must not stand in the contact list.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.contact_list && doc.contact_list.exclude) emit(doc._id, null);
}
