// channel.* and confirm.*
import { Confirms } from '../confirms.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { Handlers } from './index.ts';

export const channelMethods = {
  'channel.open': () => {
    throw new ProtocolError('CHANNEL_ERROR', "second 'channel.open' seen");
  },

  'channel.flow': (channel, { active }) => {
    if (!active) throw new ProtocolError('NOT_IMPLEMENTED', 'active=false');
    channel.send('channel.flow-ok', { active });
  },

  'confirm.select': (channel, { noWait }) => {
    channel.confirms ??= new Confirms(channel.id, channel.host.output);
    if (!noWait) channel.send('confirm.select-ok', {});
  },
} satisfies Handlers;
