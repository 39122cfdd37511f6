// What is done to a live channel: commands that its switch side runs today; the rest is for whoever executes metaflows.
import { isRecord } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { channelStatusReq } from '../../../core/messages/call.ts';
import { type CommandName, commands } from '../../../core/messages/dialplan.ts';
import { metaflowAction, metaflowActions, metaflowFlow } from '../../../core/messages/metaflow.ts';
import { switchCommand } from '../../../core/messages/switch.ts';
import { invalid, type RestRequest, targetAccount, targetDatabase } from '../engine/index.ts';
import type { Channel } from './channels.ts';
import { newCallId, startOriginate } from './originate.ts';
import { phonesOf } from './phones.ts';
import { soundOf } from './sounds.ts';

type Json = Readonly<Record<string, unknown>>;

/** A metaflow node. */
export interface Metaflow {
  readonly module: string;
  readonly data?: Json;
  readonly children?: Json;
}

export const channelActions = ['hangup', 'break', 'transfer', 'callflow', 'intercept'];

/** Rejects with `nobody_listens` when nobody is there who does it. */
export async function actOnChannel(
  request: RestRequest,
  channel: Channel,
  action: string,
  data: Json,
): Promise<void> {
  if (action === 'transfer') {
    if (channel['other_leg'] === undefined)
      throw invalid('other_leg_call_id', 'required', 'the channel is not bridged');
    if (typeof data['target'] !== 'string' || data['target'] === '')
      throw invalid('target', 'required', 'say whom to transfer to');
  }
  const run = actions[action];
  if (run) await run(request, channel, data);
  else await ask(request, channel, action, data);
}

/** One node is done as an action where it can be; a flow with children goes to whoever executes metaflows. */
export async function actOnChannelByMetaflow(
  request: RestRequest,
  channel: Channel,
  { module, data = {}, children = {} }: Metaflow,
): Promise<void> {
  const run = actions[module];
  if (run && Object.keys(children).length === 0) return run(request, channel, data);
  await request.services.bus.publish(
    metaflowFlow,
    { 'Call-ID': idOf(channel), Flow: { module, data, children } },
    { mandatory: true },
  );
}

type Run = (request: RestRequest, channel: Channel, data: Json) => Promise<void>;

/** What works without an executor of metaflows. Texts and numbers are checked by the commands' own contracts. */
const actions: Readonly<Record<string, Run>> = {
  hangup: (request, channel) => onSwitch(request, channel, 'uuid_kill', idOf(channel)),
  break: (request, channel) => onSwitch(request, channel, 'uuid_break', `${idOf(channel)} all`),
  hold: (request, channel) => onSwitch(request, channel, 'uuid_hold', idOf(channel)),
  hold_control: (request, channel, { action = 'toggle' }) => {
    const modes: Readonly<Record<string, string>> = { hold: '', unhold: 'off ', toggle: 'toggle ' };
    const mode = modes[String(action)];
    if (mode === undefined)
      throw invalid('data.action', 'enum', 'is no action', { target: Object.keys(modes), value: action });
    return onSwitch(request, channel, 'uuid_hold', `${mode}${idOf(channel)}`);
  },
  play: async (request, channel, data) =>
    command(request, channel, 'play', {
      'Media-Name': await soundOf(request, data['id'] ?? data['media'], 'data.id'),
      Leg: sideOf(data['leg']),
    }),
  say: (request, channel, data) =>
    command(request, channel, 'say', {
      'Say-Text': data['text'],
      Language: data['language'] ?? targetAccount(request).language ?? 'en-us',
      Method: data['method'] ?? 'pronounced',
      Type: data['type'] ?? 'name_spelled',
      Gender: data['gender'],
    }),
  tts: (request, channel, data) =>
    command(request, channel, 'tts', {
      Text: data['text'],
      Language: data['language'],
      Voice: data['voice'],
      Leg: sideOf(data['leg']),
    }),
  record_call: (request, channel, data) =>
    command(request, channel, 'record_call', {
      'Record-Action': data['action'] ?? 'start',
      'Time-Limit': data['time_limit'],
    }),
  send_dtmf: (request, channel, data) => command(request, channel, 'send_dtmf', { DTMFs: data['digits'] }),
  transfer,
  audio_level: (request, channel, { action = 'start', level = 0, mode = 'read' }) =>
    command(request, channel, 'audio_level', { Action: action, Level: level, Mode: mode }),
  resume: (request, channel) => onSwitch(request, channel, 'uuid_hold', `off ${idOf(channel)}`),
  intercept,
};

function idOf(channel: Channel): string {
  const id = String(channel['uuid']);
  // It becomes part of a command line of the switch.
  if (!/^[\w@.:~+-]{1,256}$/.test(id))
    throw new AppError('bad_identifier', { message: 'no such call id', details: { cause: id } });
  return id;
}

function sideOf(leg: unknown): string | undefined {
  const sides: Readonly<Record<string, string>> = { self: 'A', peer: 'B', both: 'Both' };
  return leg === undefined ? undefined : (sides[String(leg)] ?? String(leg));
}

/** A command of the switch itself, for legs that nobody controls too. Rejects with `command_failed`. */
async function onSwitch(request: RestRequest, channel: Channel, name: string, args: string): Promise<void> {
  const answer = await request.services.bus.request(switchCommand, {
    Command: name,
    Args: args,
    'FreeSWITCH-Node': String(channel['node'] ?? '*'),
  });
  if (answer.Result !== 'success' || answer.Response?.startsWith('-ERR'))
    throw new AppError('command_failed', {
      message: `the switch answered ${answer.Error ?? answer.Response}`,
    });
}

/** A command to whatever controls the call: `nobody_listens` for a leg that is not controlled by itself. */
async function command(
  request: RestRequest,
  channel: Channel,
  name: CommandName,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const contract = commands[name];
  const set = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const body = { 'Application-Name': name, 'Call-ID': idOf(channel), 'Insert-At': 'now', ...set };
  const violations = contract
    .check({
      'App-Name': 'crossbar',
      'App-Version': '1',
      'Msg-ID': request.id,
      'Event-Category': 'call',
      'Event-Name': 'command',
      ...body,
    })
    .map((violation) => ({ ...violation, path: `data.${violation.path.toLowerCase()}` }));
  if (violations.length > 0) throw new AppError('invalid_data', { details: { violations } });
  const queue = await controlQueueOf(request, channel);
  await request.services.bus.send<typeof contract>(queue, contract, body as never, { mandatory: true });
}

/** Where commands for a channel go, as its ecallmgr says. Rejects with `nobody_listens` when nobody controls it. */
async function controlQueueOf(request: RestRequest, channel: Channel): Promise<string> {
  const question = { 'Call-ID': idOf(channel), 'Active-Only': true };
  const status = await request.services.bus.request(channelStatusReq, question, { silence: 'allowed' });
  const queue = status['Custom-Channel-Vars']?.['Control-Queue'];
  if (typeof queue === 'string') return queue;
  throw new AppError('nobody_listens', { message: 'nobody controls this channel' });
}

/** Sends the channel, or its other leg, to a number: blind. Who has an attended one in mind needs an executor of metaflows. */
async function transfer(request: RestRequest, channel: Channel, data: Json): Promise<void> {
  const type = data['transfer-type'] ?? data['transfer_type'] ?? data['Transfer-Type'] ?? 'blind';
  if (type !== 'blind') return ask(request, channel, 'transfer', data);
  const { leg = 'self', target } = data;
  if (leg !== 'self' && leg !== 'bleg')
    throw invalid('leg', 'enum', 'is no leg', { target: ['self', 'bleg'], value: leg });
  if (typeof target !== 'string' || !/^[\w+*#.-]{1,64}$/.test(target))
    throw invalid('target', target === undefined ? 'required' : 'pattern', 'must be a number to call');
  const moved = leg === 'bleg' ? { ...channel, uuid: channel['other_leg'] } : channel;
  await onSwitch(request, channel, 'send_on', `${idOf(moved)} ${target}`);
}

/** Rings the phones of the target, and joins the call to whichever answers. */
async function intercept(request: RestRequest, channel: Channel, data: Json): Promise<void> {
  const { target_type: type, target_id: id } = data;
  if (type !== 'user' && type !== 'device')
    throw invalid('target_type', type === undefined ? 'required' : 'enum', 'must be user or device', {
      target: ['user', 'device'],
    });
  if (typeof id !== 'string') throw invalid('target_id', 'required', 'say whose phone');
  const accountId = targetAccount(request)._id;
  const endpoints = await phonesOf(targetDatabase(request), { type, id }, { accountId });
  if (endpoints.length === 0) throw new AppError('no_route', { message: 'the target has no phone to ring' });
  await startOriginate(request, {
    'Application-Name': 'bridge',
    'Account-ID': accountId,
    'Existing-Call-ID': idOf(channel),
    Endpoints: endpoints.map((endpoint) => ({ ...endpoint, 'Outbound-Call-ID': newCallId('intercept') })),
    'Dial-Endpoint-Method': 'simultaneous',
    'Custom-Channel-Vars': { 'Account-ID': accountId, 'Authorizing-ID': id, 'Authorizing-Type': type },
    'Outbound-Caller-ID-Name': String(channel['caller_id_name'] ?? ''),
    'Outbound-Caller-ID-Number': String(channel['caller_id_number'] ?? ''),
    'Intercept-Unbridged-Only': String(data['unbridged_only']) === 'true',
    Timeout: 30,
  });
}

/** For whoever executes metaflows: `nobody_listens` when nobody does. */
async function ask(request: RestRequest, channel: Channel, action: string, data: Json): Promise<void> {
  const named = metaflowActions.find((it) => it === action);
  if (!named) throw new AppError('not_implemented', { message: `nobody knows the action ${action}` });
  await request.services.bus.publish(
    metaflowAction,
    { 'Call-ID': idOf(channel), Action: named, Data: isRecord(data) ? { ...data } : {} },
    { mandatory: true },
  );
}
