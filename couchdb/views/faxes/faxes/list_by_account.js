// Fax jobs of an account.
function map(doc) {
  if (doc.pvt_type !== 'fax' || doc.pvt_deleted) return;
  emit([doc.pvt_account_id, doc.pvt_created], {
    id: doc._id,
    faxbox_id: doc.faxbox_id,
    status: doc.pvt_job_status,
    to: doc.to_number,
    from: doc.from_number,
    attempts: doc.attempts,
    created: doc.pvt_created,
  });
}
