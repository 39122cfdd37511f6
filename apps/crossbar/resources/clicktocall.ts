// clicktocall: buttons on pages that make a call between an extension and whoever presses; what came of each press.
import { type DocumentOf, resource, Type } from '../../../core/contract/index.ts';
import { accountDatabase, gregorian, monthDatabase } from '../../../core/couch/index.ts';
import { clickToCall, clickToCallHistory } from '../../../core/documents/index.ts';
import { errorText, hasCode } from '../../../core/errors/index.ts';
import { firstMatch, toE164 } from '../../../core/telephony/index.ts';
import {
  type AnonymousTarget,
  accountEndpoint,
  auditFields,
  type DataReply,
  flag,
  idParameter,
  invalid,
  type ListReply,
  load,
  monthList,
  newMonthId,
  operation,
  parameter,
  pathParameter,
  plain,
  publicPart,
  type RestRequest,
  targetAccount,
  targetDatabase,
  typed,
} from '../engine/index.ts';
import { type Originate, originate, shownOriginate } from '../live/originate.ts';
import { applicationVars } from '../live/variables.ts';

type Button = DocumentOf<typeof clickToCall>;

const connecting = {
  parameters: {
    contact: Type.String({ description: 'the number of whoever presses' }),
    blocking: Type.Optional(Type.Boolean({ default: false, description: 'wait for the call' })),
    auto_answer: Type.Optional(Type.Boolean({ default: true })),
    custom_application_vars: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  anonymous: isOpen,
};

export const clicktocall = plain(
  resource({
    path: 'clicktocall',
    summary: 'Buttons on pages that make a call',
    document: clickToCall,
    listing: { design: 'click2call', view: 'crossbar_listing' },
    example: { name: 'Call sales', extension: '2001', dial_first: 'contact', whitelist: ['^\\+1'] },
  }),
  [
    accountEndpoint(`clicktocall/:${idParameter}/connect`, {
      GET: operation('account', 'Makes the call', connect, connecting),
      POST: operation('account', 'Makes the call', connect, connecting),
    }),
    accountEndpoint(`clicktocall/:${idParameter}/history`, {
      GET: operation('account', 'What came of each press, newest first', history, { list: true }),
    }),
  ],
);

/** Whoever knows the address may press a button that says so. */
async function isOpen({ services, account, params }: AnonymousTarget): Promise<boolean> {
  if (!account) return false;
  const database = services.store.database(accountDatabase(account._id));
  const button = typed(clickToCall, await database.find(params[idParameter] ?? ''));
  return button?.auth_required === false;
}

async function history(request: RestRequest): Promise<ListReply> {
  const { _id } = await load(targetDatabase(request), clickToCall, pathParameter(request, idParameter));
  return monthList(request, {
    design: 'clicktocall',
    view: 'history_listing',
    prefix: [_id],
    options: { includeDocs: true },
    show: ({ doc }) => doc && publicPart(doc),
  });
}

async function connect(request: RestRequest): Promise<DataReply> {
  const button = await load(targetDatabase(request), clickToCall, pathParameter(request, idParameter));
  const contact = contactOf(request, button);
  const fields = fieldsOf(request, button, contact);
  if (flag(request, 'blocking')) return { data: await pressed(request, button, contact, fields) };
  // The client is not kept waiting; what comes of it stands in the history.
  pressed(request, button, contact, fields).catch((error: unknown) =>
    request.services.log.error('a press of a button was not noted', { button: button._id, error }),
  );
  return { data: shownOriginate(fields) };
}

function contactOf(request: RestRequest, { whitelist = [] }: Button): string {
  const given = parameter(request, 'contact');
  if (typeof given !== 'string' || given === '')
    throw invalid('contact', 'required', 'contact is the number of whoever presses');
  const contact = toE164(given);
  if (!/^[+*#\w]{1,64}$/.test(contact))
    throw invalid('contact', 'pattern', 'must be a number', { value: given });
  if (whitelist.length > 0 && !firstMatch(whitelist, contact).match)
    throw invalid('contact', 'forbidden', 'the button does not call this number', { value: given });
  return contact;
}

interface End {
  readonly route: string;
  readonly name: string;
  readonly number: string;
}

/** The first end is rung over loopback, as if the account called it, and then sent to the other. */
function fieldsOf(request: RestRequest, button: Button, contact: string): Originate {
  const account = targetAccount(request);
  const extension = toE164(button.extension);
  const person: End = { route: contact, name: button.name, number: button.caller_id_number ?? contact };
  const desk: End = {
    route: extension,
    name: button.outbound_callee_id_name ?? extension,
    number: toE164(button.outbound_callee_id_number ?? extension),
  };
  const [first, second] = button.dial_first === 'contact' ? [person, desk] : [desk, person];
  const callId = `c2c-${button._id}-${request.id.slice(0, 10)}`;
  const realm = account.realm ?? '';
  const vars = applicationVars(request, button.custom_application_vars);
  const vary = {
    'Account-ID': account._id,
    'Authorizing-ID': button._id,
    'Authorizing-Type': 'clicktocall',
    'Auto-Answer-Loopback': String(parameter(request, 'auto_answer')) !== 'false',
    'From-URI': `${desk.number}@${realm}`,
    'Inherit-Codec': 'false',
    'Loopback-Request-URI': `${person.number}@${realm}`,
    'Request-URI': `${person.number}@${realm}`,
    'Retain-CID': 'true',
  };
  const hold = button.music_on_hold?.media_id;
  return {
    'Application-Name': 'transfer',
    'Application-Data': { Route: second.route },
    'Account-ID': account._id,
    Endpoints: [
      { 'Invite-Format': 'loopback', Route: first.route, 'To-DID': first.route, 'To-Realm': realm },
    ],
    'Dial-Endpoint-Method': 'single',
    'Continue-On-Fail': true,
    'Custom-Channel-Vars': vary,
    ...(vars && { 'Custom-Application-Vars': vars }),
    ...(button.custom_sip_headers && { 'Custom-SIP-Headers': button.custom_sip_headers }),
    'Export-Custom-Channel-Vars': Object.keys(vary).filter((name) =>
      /^(A.*-I|Auth|From|Loop|Req)/.test(name),
    ),
    ...(hold !== undefined && { 'Hold-Media': hold }),
    'Ignore-Early-Media': button.media?.ignore_early_media ?? true,
    'Loopback-Bowout': false,
    'Simplify-Loopback': false,
    'Origination-Call-ID': callId,
    'Outbound-Call-ID': callId,
    'Outbound-Callee-ID-Name': first.name,
    'Outbound-Callee-ID-Number': first.number,
    'Outbound-Caller-ID-Name': second.name,
    'Outbound-Caller-ID-Number': second.number,
    ...(button.ringback !== undefined && { Ringback: button.ringback }),
    'Start-Control-Process': false,
    Timeout: button.timeout ?? 30,
  };
}

/** Makes the call and notes what came of it. Only a database that is away makes it reject. */
async function pressed(
  request: RestRequest,
  button: Button,
  contact: string,
  fields: Originate,
): Promise<unknown> {
  const outcome = await originate(request, fields).then(
    (answer) => ({ result: 'success', call_id: answer['Call-ID'] }),
    (error: unknown) => ({
      result: 'error',
      cause: hasCode(error, 'nobody_listens') ? 'no resources' : errorText(error),
    }),
  );
  const now = new Date();
  const month = request.services.store.database(monthDatabase(targetAccount(request)._id, now));
  const noted = await month.save({
    ...outcome,
    ...auditFields(request),
    _id: newMonthId(now),
    pvt_type: clickToCallHistory.type,
    pvt_clicktocall_id: button._id,
    contact,
    timestamp: gregorian(now),
  });
  return publicPart(noted);
}
