// Faxes of a user.
function map(doc) {
  if (doc.pvt_type !== 'fax' || doc.pvt_deleted) return;
  if (doc.owner_id)
    emit([doc.owner_id, doc.pvt_created], {
      id: doc._id,
      status: doc.pvt_job_status,
      to: doc.to_number,
      from: doc.from_number,
      created: doc.pvt_created,
    });
}
