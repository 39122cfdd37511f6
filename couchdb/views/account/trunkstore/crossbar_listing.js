// PBX documents, for the REST listing.
function map(doc) {
  if (doc.pvt_type !== 'sys_info' || doc.pvt_deleted) return;
  emit(doc._id, { name: doc.name, servers: (doc.servers || []).length });
}

var reduce = '_count';
