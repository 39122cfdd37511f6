// Faxes of a box, by folder.
function map(doc) {
  if (doc.pvt_type !== 'fax' || doc.pvt_deleted) return;
  var folder = doc.folder || 'inbox';
  if (doc.faxbox_id)
    emit([doc.faxbox_id, folder, doc.pvt_created], {
      id: doc._id,
      status: doc.pvt_job_status,
      to: doc.to_number,
      from: doc.from_number,
      created: doc.pvt_created,
    });
}
