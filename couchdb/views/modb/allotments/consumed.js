// Seconds used of an allotment.
function map(doc) {
  if (doc.pvt_type !== 'allotment_consumption' || doc.pvt_deleted) return;
  emit([doc.classification, doc.pvt_created], doc.seconds);
}

var reduce = '_sum';
