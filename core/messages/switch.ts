// Commands to the ecallmgr nodes (contract/kapi.md, kapi_switch).
import { message, segment, Type } from '../contract/index.ts';
import { Any, maybeText, Text, text } from './fields.ts';

const order = <const N extends string>(name: N) =>
  message({ category: 'switch_event', name, exchange: 'switch', key: () => `switch.${name}`, fields: {} });

export const reloadAcls = order('reload_acls');
export const reloadGateways = order('reload_gateways');

/** Forget what is cached of a SIP user. */
export const fsXmlFlush = message({
  category: 'switch_event',
  name: 'fs_xml_flush',
  exchange: 'switch',
  key: () => 'switch.fs_xml_flush',
  fields: { ...text('Username'), ...maybeText('Realm') },
});

/** SIP NOTIFY to a registered phone, e.g. check-sync. */
export const notify = message({
  category: 'switch_event',
  name: 'notify',
  exchange: 'switch',
  key: (m) => `switch.notify.${segment(m.Realm)}.${segment(m.Username)}`,
  fields: { ...text('Event Realm Username'), ...maybeText('Body Content-Type') },
});

export const commandReply = message({
  category: 'switch_event',
  name: 'reply',
  exchange: 'targeted',
  fields: {
    ...text('Command'),
    Result: Any,
    ...maybeText('Error FreeSWITCH-Node Response'),
    'Event-Data': Type.Optional(Any),
  },
});

/** An API command for one FreeSWITCH, or for all (`*`). */
export const switchCommand = message({
  category: 'switch_event',
  name: 'command',
  exchange: 'switch',
  key: (m) => `switch.command.${segment(m['FreeSWITCH-Node'] ?? '*')}`,
  fields: { ...maybeText('Args'), Command: Text, 'FreeSWITCH-Node': Type.Optional(Text) },
  answers: [commandReply],
});

/**
 * Upload a file of a switch (PUT). Any one ecallmgr of that switch does it, once, and answers when the server has taken it; the
 * queue is that of the switch, `ecallmgr_store_<name>`. Ours: Kazoo sends the command `send_http` to all.
 */
export const storeFile = message({
  category: 'switch_event',
  name: 'store_file',
  exchange: 'switch',
  key: (m) => `switch.store_file.${segment(m['FreeSWITCH-Node'])}`,
  fields: text('File-Name FreeSWITCH-Node Url'),
  answers: [commandReply],
});
