// Bytes stored, by where, document type and content type.
function map(doc) {
  if (doc.pvt_deleted) return;
  Object.keys(doc._attachments || {}).forEach(function (name) {
    var attachment = doc._attachments[name];
    emit(['database', doc.pvt_type, attachment.content_type], attachment.length);
  });
  Object.keys(doc.pvt_attachments || {}).forEach(function (handler) {
    Object.keys(doc.pvt_attachments[handler]).forEach(function (name) {
      var attachment = doc.pvt_attachments[handler][name];
      emit([handler, doc.pvt_type, attachment.content_type], attachment.length);
    });
  });
}

var reduce = '_sum';
