// Fax jobs of an account that wait, by when they are due.
function map(doc) {
  if (doc.pvt_type !== 'fax' || doc.pvt_deleted) return;
  if (doc.pvt_job_status !== 'pending') return;
  emit([doc.pvt_account_id, doc.pvt_modified + (doc.retry_after || 0)], {
    id: doc._id,
    account_id: doc.pvt_account_id,
    faxbox_id: doc.faxbox_id,
    to: doc.to_number,
    from: doc.from_number,
    modified: doc.pvt_modified,
    retry_after: doc.retry_after,
  });
}
