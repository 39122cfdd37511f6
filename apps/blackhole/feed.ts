// Brings events from the bus to those who subscribed: bound as long as anybody listens, passed on to whom they concern.
import type { Delivery, Binding as Topic } from '../../core/amqp/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import { type AnyMessage, isRecord } from '../../core/contract/index.ts';
import { rawName } from '../../core/couch/index.ts';
import { callEvent } from '../../core/messages/call.ts';
import * as conference from '../../core/messages/conference.ts';
import { docCreated, docDeleted, docEdited } from '../../core/messages/configuration.ts';
import { faxStatus } from '../../core/messages/fax.ts';
import { dialogUpdate, mwiUpdate, presenceUpdate } from '../../core/messages/presence.ts';
import { ofAccount, ofConference, ofRealm, type Told, type Wanted } from './bindings/binding.ts';

/** Somebody who listens. */
export interface Listener {
  readonly wanted: Wanted;
  hear(event: { readonly message: Told; readonly routingKey: string }): void;
}

export interface Feed {
  add(listener: Listener): Promise<void>;
  remove(listener: Listener): Promise<void>;
  stop(): Promise<void>;
}

const conferenceCommands = Object.values(conference).filter(
  (it): it is typeof conference.lock => 'names' in it && (it.names as readonly string[]).includes('command'),
);
const contracts: readonly AnyMessage[] = [
  callEvent,
  conference.conferenceEvent,
  ...conferenceCommands,
  docCreated,
  docEdited,
  docDeleted,
  faxStatus,
  dialogUpdate,
  mwiUpdate,
  presenceUpdate,
];

export async function startFeed({ bus }: AppContext): Promise<Feed> {
  const listeners = new Map<string, Set<Listener>>();
  const uses = new Map<string, number>();
  const deliver = ({ message, exchange, routingKey }: Delivery<AnyMessage>): void => {
    const told = message as Told;
    for (const audience of audiencesOf(told, exchange, routingKey))
      for (const listener of listeners.get(audience) ?? []) {
        const { topics, wants } = listener.wanted;
        const fits = topics.some((topic) => topic.exchange === exchange && matches(topic.key, routingKey));
        if (fits && (wants?.(told) ?? true)) listener.hear({ message: told, routingKey });
      }
  };
  const subscription = await bus.consume({ bindings: [], contracts }, deliver);
  const count = (topic: Topic, by: 1 | -1): number => {
    const key = `${topic.exchange} ${topic.key}`;
    const now = (uses.get(key) ?? 0) + by;
    if (now === 0) uses.delete(key);
    else uses.set(key, now);
    return now;
  };
  return {
    add: async (listener) => {
      const { audience, topics } = listener.wanted;
      listeners.set(audience, (listeners.get(audience) ?? new Set()).add(listener));
      await Promise.all(topics.filter((it) => count(it, 1) === 1).map((it) => subscription.bind(it)));
    },
    remove: async (listener) => {
      const { audience, topics } = listener.wanted;
      const audienceOf = listeners.get(audience);
      if (!audienceOf?.delete(listener)) return;
      if (audienceOf.size === 0) listeners.delete(audience);
      await Promise.all(topics.filter((it) => count(it, -1) === 0).map((it) => subscription.unbind(it)));
    },
    stop: () => subscription.stop(),
  };
}

/** Whom a message concerns; what concerns nobody is passed on to nobody. */
function audiencesOf(message: Told, exchange: string, routingKey: string): readonly string[] {
  const words = routingKey.split('.');
  if (exchange === 'presence') return [ofRealm(decodeURIComponent((words[1] ?? '').replaceAll('+', ' ')))];
  if (exchange === 'conference' && words[1] === 'command')
    return [ofConference(String(message['Conference-ID']))];
  const variables = message['Custom-Channel-Vars'];
  const account =
    exchange === 'configuration'
      ? accountOfDatabase(String(message['Database']))
      : ((isRecord(variables) ? variables['Account-ID'] : undefined) ?? message['Account-ID']);
  return typeof account === 'string' ? [ofAccount(account)] : [];
}

function accountOfDatabase(name: string): string | undefined {
  return /^account\/([0-9a-f]{2})\/([0-9a-f]{2})\/([0-9a-f]{28})/.exec(rawName(name))?.slice(1).join('');
}

/** Whether a routing key fits a pattern with `*` for a word and `#` for all that follow. */
function matches(pattern: string, key: string): boolean {
  const words = key.split('.');
  const wanted = pattern.split('.');
  for (const [at, word] of wanted.entries()) {
    if (word === '#') return true;
    if (at >= words.length || (word !== '*' && word !== words[at])) return false;
  }
  return words.length === wanted.length;
}
