// auth/providers: who vouches for people; for the whole cluster (contract/crossbar.md §6).
import { resource } from '../../../core/contract/index.ts';
import { auth_provider } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { checkHost } from '../../../core/outside/index.ts';
import {
  around,
  type Endpoint,
  endpointsOf,
  idParameter,
  invalid,
  load,
  pathParameter,
  type RestRequest,
} from '../engine/index.ts';
import { allowsPrivate } from './ask.ts';
import { type Provider, providerType, registry } from './registry.ts';

const verbs = {
  collection: { GET: 'account', PUT: 'superduper' },
  item: { GET: 'account', POST: 'superduper', PATCH: 'superduper', DELETE: 'superduper' },
} as const;

const contract = resource({
  path: 'providers',
  summary: 'Providers of identities',
  document: auth_provider,
  verbs,
  listing: { design: 'providers', view: 'list_by_type' },
  named: { field: 'id', pattern: '^[a-z0-9][a-z0-9_.-]{0,63}$' },
  example: { id: 'directory', discovery: 'https://directory.test/.well-known/openid-configuration' },
  validate: async (request: RestRequest, next) => {
    const isPrivate = await allowsPrivate(request.services);
    for (const key of ['access_code_url', 'discovery', 'profile_url'] as const)
      if (next[key] !== undefined) checkAddress(key, next[key], isPrivate);
  },
  beforeSave: async (_request, next) => {
    next.pvt_provider_type = providerType;
    const { profile_access_api_key: key } = next;
    delete next.profile_access_api_key;
    if (key !== undefined) next.pvt_profile_access_api_key = key;
  },
  beforeDelete: async ({ services }, { _id }) => {
    const range = { startKey: [_id], endKey: [_id, {}], limit: 1, fresh: true };
    const [app] = await registry(services.store).view('apps', 'list_by_provider', range);
    if (app) throw new AppError('bad_request', { message: `there are apps of ${_id}` });
  },
  present: async (_request, { profile_access_api_key: _, ...shown }) => shown,
});

/** Those of second factors have the same type of document, and an endpoint of their own. */
async function ofIdentities(request: RestRequest): Promise<RestRequest> {
  if (!(idParameter in request.params)) return request;
  const id = pathParameter(request, idParameter);
  const found: Provider = await load(registry(request.services.store), auth_provider, id, { fresh: true });
  if (found.pvt_provider_type === providerType) return request;
  throw new AppError('bad_identifier', { details: { cause: id } });
}

export const providerEndpoints: readonly Endpoint[] = around(
  endpointsOf(contract, verbs, '/auth/providers', ({ services }) => registry(services.store)),
  ofIdentities,
);

/** What a provider is sent must not be read on the way, nor reach what stands in a private network. */
function checkAddress(key: string, address: string, isPrivate: boolean): void {
  const { protocol, username, password, hash, hostname } = new URL(address);
  const refuse = (message: string): never => {
    throw invalid(key, 'format', message, { value: address });
  };
  if (protocol !== 'https:' && !(isPrivate && protocol === 'http:')) refuse('must be an https address');
  if (username !== '' || password !== '' || hash !== '') refuse('must have neither a user nor a fragment');
  try {
    if (!isPrivate) checkHost(hostname);
  } catch {
    refuse('must be a public address');
  }
}
