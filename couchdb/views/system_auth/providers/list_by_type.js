// Providers by type: of identities, of second factors.
function map(doc) {
  if (doc.pvt_type !== 'provider' || doc.pvt_deleted) return;
  emit([doc.pvt_provider_type, doc._id], {
    id: doc._id,
    enabled: doc.enabled,
    name: doc.name,
    provider_name: doc.provider_name,
    provider_type: doc.pvt_provider_type,
  });
}
