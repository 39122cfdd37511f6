// How many documents of each type.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.pvt_type === 'callflow') emit(doc.pvt_type, { numbers: doc.numbers, patterns: doc.patterns });
  else if (doc.pvt_type === 'user') emit(doc.pvt_type, { name: doc.first_name + ' ' + doc.last_name });
  else if (doc.pvt_type) emit(doc.pvt_type, null);
}

var reduce = '_count';
