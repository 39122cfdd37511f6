// Who shows a number as caller id, by number and kind (internal, external, emergency).
function map(doc) {
  if (doc.pvt_deleted) return;
  Object.keys(doc.caller_id || {}).forEach(function (type) {
    var number = doc.caller_id[type] && doc.caller_id[type].number;
    if (number) emit([number, type], doc.pvt_type);
  });
}
