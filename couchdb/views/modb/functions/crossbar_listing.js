// Runs of functions.
function map(doc) {
  if (doc.pvt_type !== 'functions' || doc.pvt_deleted) return;
  emit(doc._id, null);
}
