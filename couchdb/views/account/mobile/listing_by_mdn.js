// Mobile devices by number.
function map(doc) {
  if (doc.pvt_type !== 'device' || doc.pvt_deleted) return;
  if (doc.mobile && doc.mobile.mdn)
    emit(doc.mobile.mdn, { id: doc._id, owner_id: doc.owner_id, name: doc.name });
}
