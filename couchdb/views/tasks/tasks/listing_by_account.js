// Tasks of an account.
function map(doc) {
  if (doc.pvt_type !== 'task' || doc.pvt_deleted) return;
  emit([doc.pvt_account_id, doc._id], {
    id: doc._id,
    account_id: doc.pvt_account_id,
    auth_account_id: doc.pvt_auth_account_id,
    category: doc.pvt_category,
    action: doc.pvt_action,
    file_name: doc.file_name,
    created: doc.pvt_created,
    status: doc.pvt_status,
    start_timestamp: doc.pvt_started_at,
    end_timestamp: doc.pvt_finished_at,
    failure_count: doc.pvt_total_rows_failed,
    success_count: doc.pvt_total_rows_succeeded,
    total_count: doc.pvt_total_rows,
    csvs: Object.keys(doc._attachments || {}),
  });
}
