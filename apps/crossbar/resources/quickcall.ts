// quickcall: rings the phones of a user or device, and connects whoever answers to a number.
import { Type } from '../../../core/contract/index.ts';
import { accountDatabase } from '../../../core/couch/index.ts';
import { device, user } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { type BridgeEndpoint, findE164 } from '../../../core/telephony/index.ts';
import {
  type AnonymousTarget,
  accountEndpoint,
  type DataReply,
  type Endpoint,
  invalid,
  load,
  operation,
  parameter,
  pathParameter,
  type RestModule,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { newCallId, type Originate, originate, shownOriginate, startOriginate } from '../live/originate.ts';
import { type Owner, phonesOf } from '../live/phones.ts';
import { applicationVars } from '../live/variables.ts';

const types = { user, device };

const parameters = {
  timeout: Type.Optional(Type.Integer({ default: 30, description: 'seconds to ring' })),
  'cid-name': Type.Optional(Type.String({ description: 'shown to the number' })),
  'cid-number': Type.Optional(Type.String({ description: 'shown to the number' })),
  media: Type.Optional(Type.Enum(['process', 'bypass'])),
  auto_answer: Type.Optional(Type.Boolean({ default: true, description: 'one phone answers by itself' })),
  'ignore-early-media': Type.Optional(Type.Boolean({ default: true })),
  number_filter: Type.Optional(
    Type.String({ description: 'false: the number as it stands; true: without separators' }),
  ),
  target_call_id: Type.Optional(Type.String({ description: 'a call on whose switch this is done' })),
  custom_application_vars: Type.Optional(Type.Record(Type.String(), Type.String())),
};

export const quickcall: RestModule = {
  name: 'quickcall',
  summary: 'Calls a number from a phone of the account',
  endpoints: (['user', 'device'] as const).map(
    (type): Endpoint =>
      accountEndpoint(`${type}s/:${type}_id/quickcall/:number`, {
        GET: operation(
          'account',
          'Rings, and does not wait for the answer',
          async (request) => {
            const fields = await fieldsOf(request, type);
            await startOriginate(request, fields);
            return { data: shownOriginate(fields) };
          },
          { parameters, anonymous: (target) => isOpen(target, type) },
        ),
        POST: operation(
          'account',
          'Rings, and waits for the answer',
          async (request): Promise<DataReply> => {
            const fields = await fieldsOf(request, type);
            const { 'Call-ID': call_id } = await originate(request, fields);
            return { data: { ...(shownOriginate(fields) as object), call_id } };
          },
          { parameters },
        ),
      }),
  ),
};

/**
 * As with Kazoo a link is enough, with no token, unless the document or `default_allow_anonymous_quickcalls` of
 * `system_config/crossbar.quickcall` says otherwise: whoever knows the ids can make phones ring and call.
 */
async function isOpen({ services, account, params }: AnonymousTarget, type: Owner['type']): Promise<boolean> {
  if (!account) return false;
  const database = services.store.database(accountDatabase(account._id));
  const owner = await database.find(params[`${type}_id`] ?? '');
  if (owner?.pvt_type !== types[type].type) return false;
  const allowed = owner['allow_anonymous_quickcalls'];
  if (typeof allowed === 'boolean') return allowed;
  return services.systemConfig.get('crossbar.quickcall', 'default_allow_anonymous_quickcalls', true);
}

async function fieldsOf(request: RestRequest, type: Owner['type']): Promise<Originate> {
  const database = targetDatabase(request);
  const account = targetAccount(request);
  const { _id: id } = await load(database, types[type], pathParameter(request, `${type}_id`));
  const number = numberOf(request);
  const endpoints = await phonesOf(
    database,
    { type, id },
    { accountId: account._id, can_call_self: true, suppress_clid: true, destination: number },
  );
  if (endpoints.length === 0)
    throw new AppError('no_route', { message: `the ${type} has no phone that can be rung` });
  const autoAnswer = endpoints.length === 1 && String(parameter(request, 'auto_answer')) !== 'false';
  const name = textOf(request, 'cid-name');
  const shown = textOf(request, 'cid-number');
  const vars = applicationVars(request);
  const joined = textOf(request, 'target_call_id');
  return {
    'Application-Name': 'transfer',
    'Application-Data': { Route: number },
    'Account-ID': account._id,
    Endpoints: endpoints.map((endpoint) => ({
      ...endpoint,
      'Outbound-Call-ID': newCallId('quickcall'),
      ...(autoAnswer && answering(endpoint)),
    })),
    'Dial-Endpoint-Method': 'simultaneous',
    'Continue-On-Fail': false,
    'Custom-Channel-Vars': {
      'Account-ID': account._id,
      'Authorizing-ID': id,
      'Authorizing-Type': type,
      'Inherit-Codec': 'false',
      'Retain-CID': String(shown !== undefined),
    },
    ...(vars && { 'Custom-Application-Vars': vars }),
    'Export-Custom-Channel-Vars': ['Account-ID', 'Authorizing-ID', 'Authorizing-Type', 'Retain-CID'],
    'Ignore-Early-Media': String(parameter(request, 'ignore-early-media')) !== 'false',
    Media: parameter(request, 'media') === 'bypass' ? 'bypass' : 'process',
    'Outbound-Caller-ID-Name': 'QuickCall',
    'Outbound-Caller-ID-Number': number,
    ...(name !== undefined && { 'Outbound-Callee-ID-Name': name }),
    ...(shown !== undefined && { 'Outbound-Callee-ID-Number': shown }),
    ...(joined !== undefined && { 'Existing-Call-ID': joined }),
    Timeout: timeoutOf(request),
  };
}

/** How a phone is asked to answer by itself. */
function answering(endpoint: BridgeEndpoint): Partial<BridgeEndpoint> {
  return {
    'Custom-Channel-Vars': { ...endpoint['Custom-Channel-Vars'], 'Auto-Answer': 'true' },
    'Custom-SIP-Headers': {
      ...endpoint['Custom-SIP-Headers'],
      'Call-Info': `<sip:${endpoint['To-Realm'] ?? 'localhost'}>;answer-after=0`,
      'Alert-Info': 'info=intercom',
    },
  };
}

/** The number in the path, without what people write between digits. */
function numberOf(request: RestRequest): string {
  const given = pathParameter(request, 'number');
  const plain = request.query['number_filter'] === 'false' ? given : given.replace(/[ ,.()-]/g, '');
  if (!/^[+*#\w]{1,64}$/.test(plain))
    throw invalid('number', 'pattern', 'must be a number', { value: given });
  return findE164(plain) ?? plain;
}

function textOf(request: RestRequest, name: string): string | undefined {
  const value = parameter(request, name);
  return typeof value === 'string' && value !== '' ? value.slice(0, 128) : undefined;
}

function timeoutOf(request: RestRequest): number {
  const seconds = Number(parameter(request, 'timeout') ?? 30);
  return Number.isInteger(seconds) && seconds > 3 && seconds <= 300 ? seconds : 30;
}
