// Faxes, oldest first.
function map(doc) {
  if (doc.pvt_type !== 'fax' || doc.pvt_deleted) return;
  emit([doc.pvt_created, doc._id], {
    id: doc._id,
    folder: doc.folder,
    status: doc.pvt_job_status,
    to: doc.to_number,
    from: doc.from_number,
    created: doc.pvt_created,
  });
}
