// How many descendants an account has.
function map(doc) {
  if (doc.pvt_type !== 'account' || doc.pvt_deleted) return;
  (doc.pvt_tree || []).forEach(function (ancestor) {
    emit(ancestor, 1);
  });
}

var reduce = '_count';
