// Hosts that have addresses.
function map(doc) {
  if (doc.pvt_type !== 'dedicated_ip' || doc.pvt_deleted) return;
  emit(doc.pvt_host, null);
}

var reduce = '_count';
