// Faxes of a user, by folder.
function map(doc) {
  if (doc.pvt_type !== 'fax' || doc.pvt_deleted) return;
  var folder = doc.folder || 'inbox';
  if (doc.owner_id)
    emit([doc.owner_id, folder, doc.pvt_created], {
      id: doc._id,
      status: doc.pvt_job_status,
      to: doc.to_number,
      from: doc.from_number,
      created: doc.pvt_created,
    });
}
