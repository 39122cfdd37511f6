// Bytes stored, by where and content type.
function map(doc) {
  if (doc.pvt_deleted) return;
  Object.keys(doc._attachments || {}).forEach(function (name) {
    var attachment = doc._attachments[name];
    emit(['database', attachment.content_type], attachment.length);
  });
  Object.keys(doc.pvt_attachments || {}).forEach(function (handler) {
    Object.keys(doc.pvt_attachments[handler]).forEach(function (name) {
      var attachment = doc.pvt_attachments[handler][name];
      emit([handler, attachment.content_type], attachment.length);
    });
  });
}

var reduce = '_sum';
