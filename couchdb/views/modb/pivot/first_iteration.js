// The first request of pivot for each call.
function map(doc) {
  if (doc.pvt_type !== 'pivot_debug' || doc.pvt_deleted) return;
  if (doc.iteration === 1)
    emit(doc.call_id, {
      call_id: doc.call_id,
      created: doc.pvt_created,
      uri: doc.uri,
      status_code: doc.status_code,
      node: doc.pvt_node,
      iteration: doc.iteration,
      has_schema_errors: !!doc.schema_errors,
      has_json_errors: !!doc.json_errors,
    });
}
