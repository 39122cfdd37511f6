// What is needed to sum up call detail records.
function map(doc) {
  if (doc.pvt_type !== 'cdr' || doc.pvt_deleted) return;
  var vars = doc.custom_channel_vars || {};
  emit([doc.pvt_created, doc._id], {
    direction: doc.call_direction,
    classifier: vars.classifier,
    domain: (doc.to_uri || '').split('@')[1],
    billable_seconds: doc.billing_seconds,
    rate_name: vars.rate_name,
  });
}
