// Providers of identities by the issuers of their tokens.
function map(doc) {
  if (doc.pvt_type !== 'provider' || doc.pvt_deleted || !Array.isArray(doc.issuer_domains)) return;
  doc.issuer_domains.forEach(function (domain) {
    emit(String(domain).toLowerCase(), null);
  });
}
