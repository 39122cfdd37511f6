// Applications that the account may offer its users.
function map(doc) {
  if (doc.pvt_type !== 'app' || doc.pvt_deleted) return;
  emit(doc.name, {
    id: doc._id,
    name: doc.name,
    phase: doc.phase,
    i18n: doc.i18n,
    tags: doc.tags,
    api_url: doc.api_url,
    source_url: doc.source_url,
    published: doc.published,
  });
}
