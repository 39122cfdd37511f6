// Fax boxes by cloud printer.
function map(doc) {
  if (doc.pvt_type !== 'faxbox' || doc.pvt_deleted) return;
  if (doc.pvt_cloud_printer_id)
    emit(doc.pvt_cloud_printer_id, {
      faxbox_id: doc._id,
      account_id: doc.pvt_account_id,
      cloud_printer_id: doc.pvt_cloud_printer_id,
      state: doc.pvt_cloud_state,
      xmpp_jid: doc.pvt_cloud_xmpp_jid,
    });
}
