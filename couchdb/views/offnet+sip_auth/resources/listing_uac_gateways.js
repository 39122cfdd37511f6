// Gateways at which we register.
function map(doc) {
  if (doc.pvt_type !== 'resource' || doc.pvt_deleted) return;
  if (doc.enabled === false) return;
  (doc.gateways || []).forEach(function (gateway) {
    if (!gateway.register || gateway.enabled === false) return;
    emit(doc._id, {
      username: gateway.username,
      auth_username: gateway.auth_username || gateway.username,
      server: gateway.server,
      password: gateway.password,
      realm: gateway.realm,
      expiration: gateway.expiration,
      proxy: gateway.proxy,
      account_id: doc.pvt_account_id,
      id: gateway.id,
      resource_id: doc._id,
      register_extension: gateway.register_extension,
      version: doc._rev,
    });
  });
}
