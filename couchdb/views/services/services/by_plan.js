// Accounts by service plan.
function map(doc) {
  if (doc.pvt_type !== 'service' || doc.pvt_deleted) return;
  Object.keys(doc.plans || {}).forEach(function (plan) {
    emit(plan, doc.plans[plan]);
  });
}

var reduce = '_count';
