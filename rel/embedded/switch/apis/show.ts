// `show channels|calls|bridged_calls [count | like TEXT] [as json]`, and `show api|application`.

import type { Channel } from '../calls/channel.ts';
import type { Api, SwitchCore } from '../calls/contract.ts';
import { localDate } from '../eventsocket/index.ts';

type Row = Record<string, string>;

export const show: Api = (core, args) => {
  const json = /\sas\s+json\s*$/i.test(args);
  const [what = '', verb, text = ''] = args
    .replace(/\s+as\s+\w+\s*$/i, '')
    .trim()
    .split(/\s+/);
  const rows = findRows(core, what);
  if (!rows)
    return `-USAGE: show channels|calls|bridged_calls|api|application [count|like <text>] [as json]\n`;
  const wanted =
    verb === 'like' ? rows.filter((row) => Object.values(row).some((value) => value.includes(text))) : rows;
  if (verb === 'count')
    return json ? JSON.stringify({ row_count: rows.length }) : `\n${rows.length} total.\n`;
  if (json)
    return JSON.stringify({ row_count: wanted.length, ...(wanted.length > 0 ? { rows: wanted } : {}) });
  return writeTable(wanted);
};

function findRows(core: SwitchCore, what: string): Row[] | undefined {
  const channels = [...core.channels.values()];
  const calls = channels.filter((channel) => channel.other?.type !== 'originator');
  switch (what) {
    case 'channels':
      return channels.map(channelRow);
    case 'calls':
    case 'detailed_calls':
      return calls.map(callRow);
    case 'bridged_calls':
    case 'detailed_bridged_calls':
      return calls.filter((channel) => channel.bridgedTo).map(callRow);
    case 'api':
      return [...core.apis.keys()].map((name) => ({ type: 'api', name }));
    case 'application':
      return [...core.applications.keys()].map((name) => ({ type: 'application', name }));
    default:
      return undefined;
  }
}

function channelRow(channel: Channel): Row {
  const { profile } = channel;
  const created = new Date(profile.times.created / 1000);
  const codec = channel.leg?.audio?.codec ?? '';
  return {
    uuid: profile.uuid,
    direction: profile.direction,
    created: localDate(created),
    created_epoch: String(Math.floor(created.getTime() / 1000)),
    name: profile.channelName,
    state: channel.state,
    cid_name: profile.callerIdName,
    cid_num: profile.callerIdNumber,
    ip_addr: profile.networkAddr,
    dest: profile.destinationNumber,
    application: channel.find('current_application') ?? '',
    application_data: channel.find('current_application_data') ?? '',
    dialplan: 'XML',
    context: profile.context,
    read_codec: codec,
    read_rate: codec && '8000',
    read_bit_rate: codec && '64000',
    write_codec: codec,
    write_rate: codec && '8000',
    write_bit_rate: codec && '64000',
    secure: '',
    hostname: channel.core.settings.name,
    presence_id: channel.find('presence_id') ?? '',
    presence_data: '',
    accountcode: channel.find('accountcode') ?? '',
    callstate: channel.callState,
    callee_name: profile.calleeIdName,
    callee_num: profile.calleeIdNumber,
    callee_direction: '',
    call_uuid: channel.bridgedTo ? (channel.find('call_uuid') ?? '') : '',
    sent_callee_name: '',
    sent_callee_num: '',
    initial_cid_name: profile.callerIdName,
    initial_cid_num: profile.callerIdNumber,
    initial_ip_addr: profile.networkAddr,
    initial_dest: profile.destinationNumber,
    initial_dialplan: 'XML',
    initial_context: profile.context,
  };
}

function callRow(channel: Channel): Row {
  const far = channel.bridgedTo;
  const row = channelRow(channel);
  if (far) for (const [name, value] of Object.entries(channelRow(far))) row[`b_${name}`] = value;
  return row;
}

function writeTable(rows: Row[]): string {
  if (rows.length === 0) return '\n0 total.\n';
  const lines = rows.map((row) => Object.values(row).join(','));
  return `${[Object.keys(rows[0] ?? {}).join(','), ...lines].join('\n')}\n\n${rows.length} total.\n`;
}
