// Amount and usage of each service, by time.
function map(doc) {
  if (doc.pvt_type !== 'ledger' || doc.pvt_deleted || !doc.source) return;
  var result = {};
  result[doc.source.service] = {
    amount: (doc.amount || 0) * (doc.pvt_ledger_type === 'debit' ? -1 : 1),
    usage: doc.usage || {},
  };
  emit(doc.pvt_created, result);
}

function reduce(keys, values) {
  return values.reduce(function (sum, one) {
    Object.keys(one).forEach(function (service) {
      var before = sum[service] || { amount: 0, usage: {} };
      var usage = one[service].usage || {};
      sum[service] = {
        amount: before.amount + one[service].amount,
        usage: {
          type: before.usage.type || usage.type,
          quantity: (before.usage.quantity || 0) + (usage.quantity || 0),
          unit: before.usage.unit || usage.unit,
        },
      };
    });
    return sum;
  }, {});
}
