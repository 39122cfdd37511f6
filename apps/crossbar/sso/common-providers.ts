// The providers of identities that every cluster knows of; each can be changed or removed by the master account.
import type { Store, StoredDocument } from '../../../core/couch/index.ts';
import { auth_provider } from '../../../core/documents/index.ts';
import { hasCode } from '../../../core/errors/index.ts';
import { providerType, registry } from './registry.ts';

/** As Kazoo names them; where they are is what they publish themselves. */
const common: Readonly<Record<string, object>> = {
  google: {
    name: 'Google',
    discovery: 'https://accounts.google.com/.well-known/openid-configuration',
    issuer_domains: ['accounts.google.com'],
  },
  office365: {
    name: 'Office 365',
    discovery: 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
    profile_url: 'https://graph.microsoft.com/v1.0/me',
    profile_identity_field: 'id',
    profile_displayName_field: 'displayName',
  },
  salesforce: {
    name: 'Salesforce',
    discovery: 'https://login.salesforce.com/.well-known/openid-configuration',
    issuer_domains: ['login.salesforce.com'],
    profile_identity_fields: ['organization_id', 'user_id'],
  },
};

/** Writes those of them into a new cluster that nobody has written before. */
export async function ensureCommonProviders(store: Store): Promise<void> {
  const database = registry(store);
  await Promise.all(
    Object.entries(common).map(async ([_id, fields]) => {
      if (await database.find(_id)) return;
      const document = { ...fields, _id, pvt_type: auth_provider.type, pvt_provider_type: providerType };
      await database.save(document as StoredDocument).catch((error: unknown) => {
        // Another crossbar that starts at the same time was faster.
        if (!hasCode(error, 'datastore_conflict')) throw error;
      });
    }),
  );
}
