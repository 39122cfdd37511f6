// Amount and usage of each service by the account that caused it.
function map(doc) {
  if (doc.pvt_type !== 'ledger' || doc.pvt_deleted || !doc.source || !doc.account || !doc.period) return;
  var amount = (doc.amount || 0) * (doc.pvt_ledger_type === 'debit' ? -1 : 1);
  var ledgers = {};
  ledgers[doc.source.service] = { amount: amount, description: doc.description, usage: doc.usage || {} };
  emit([doc.account.id, doc.period.start, doc._id], {
    account_name: doc.account.name,
    ledgers: ledgers,
    total: amount,
  });
}

function reduce(keys, values) {
  var none = { ledgers: {}, total: 0 };
  return values.reduce(function (sum, one) {
    Object.keys(one.ledgers || {}).forEach(function (service) {
      var before = sum.ledgers[service] || { amount: 0, usage: {} };
      var usage = one.ledgers[service].usage || {};
      sum.ledgers[service] = {
        amount: before.amount + one.ledgers[service].amount,
        usage: {
          type: before.usage.type || usage.type,
          quantity: (before.usage.quantity || 0) + (usage.quantity || 0),
          unit: before.usage.unit || usage.unit,
        },
      };
    });
    return {
      account_name: sum.account_name || one.account_name,
      ledgers: sum.ledgers,
      total: sum.total + one.total,
    };
  }, none);
}
