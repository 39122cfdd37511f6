// Faxes by folder.
function map(doc) {
  if (doc.pvt_type !== 'fax' || doc.pvt_deleted) return;
  var folder = doc.folder || 'inbox';
  emit([folder, doc.pvt_created, doc._id], {
    id: doc._id,
    status: doc.pvt_job_status,
    to: doc.to_number,
    from: doc.from_number,
    created: doc.pvt_created,
  });
}
