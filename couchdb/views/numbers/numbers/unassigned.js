// Numbers that belong to nobody.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc._id.charAt(0) === '+' && !doc.pvt_assigned_to) emit(doc._id, null);
}
