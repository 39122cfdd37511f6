// Bytes stored, by document type, content type and where.
function map(doc) {
  if (doc.pvt_deleted) return;
  Object.keys(doc._attachments || {}).forEach(function (name) {
    var attachment = doc._attachments[name];
    emit([doc.pvt_type, attachment.content_type, 'database'], attachment.length);
  });
  Object.keys(doc.pvt_attachments || {}).forEach(function (handler) {
    Object.keys(doc.pvt_attachments[handler]).forEach(function (name) {
      var attachment = doc.pvt_attachments[handler][name];
      emit([doc.pvt_type, attachment.content_type, handler], attachment.length);
    });
  });
}

var reduce = '_sum';
