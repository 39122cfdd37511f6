// Fax jobs of a fax box.
function map(doc) {
  if (doc.pvt_type !== 'fax' || doc.pvt_deleted) return;
  if (!doc.faxbox_id) return;
  emit([doc.faxbox_id, doc.pvt_created], {
    id: doc._id,
    faxbox_id: doc.faxbox_id,
    status: doc.pvt_job_status,
    to: doc.to_number,
    from: doc.from_number,
    from_name: doc.from_name,
    attempts: doc.attempts,
    created: doc.pvt_created,
  });
}
