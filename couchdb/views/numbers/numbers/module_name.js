// How many numbers each carrier module has.
function map(doc) {
  if (doc.pvt_deleted) return;
  if (doc.pvt_module_name) emit(doc.pvt_module_name, 1);
}

var reduce = '_sum';
