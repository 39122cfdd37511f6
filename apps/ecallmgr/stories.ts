// What happened in each call, for operators: every message about it that this process sent or got, in short and bounded.
import { LRUCache } from 'lru-cache';
import type { Bus, Delivery } from '../../core/amqp/index.ts';
import { type AnyMessage, getAt } from '../../core/contract/index.ts';

/** One line of a story. `At` in epoch ms. */
export interface StoryEntry {
  readonly At: number;
  /** `sent`: by this process; `got`: by this process; `answer`: to what it asked. */
  readonly Way: 'sent' | 'got' | 'answer';
  /** Event-Name, or for a command its Application-Name. */
  readonly What: string;
  /** Who sent what was got. */
  readonly Node?: string;
  readonly Details: Readonly<Record<string, unknown>>;
}

export interface Story {
  readonly entries: readonly StoryEntry[];
  /** Lines that were left out in the middle. */
  readonly dropped: number;
  readonly ended: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** The beginning of a call says most; of the rest the newest lines. */
const keptFirst = 40;
const keptLast = 80;
const mostLive = 20_000;
/** Calls that are over. */
const mostEnded = 500;
const endedFor = 600_000;

const shown =
  `Application-Name Application-Response Application-Data Hangup-Cause Hangup-Code Disposition Other-Leg-Call-ID DTMF-Digit
  Digits Media-Name Method Route-Error-Code Error-Message Dialplan-Error From To Request Caller-ID-Number Caller-ID-Name
  Resource-Type Billing-Seconds Duration-Seconds Time Timeout Terminators Insert-At Reason Recording Dial-Endpoint-Method
  Transfer-Type Replaced-By Control-Queue Pre-Park Msg-ID Account-ID`.split(/\s+/);
const longest = 120;
/** Questions about a call are no part of it. */
const isQuestion = /^(channel_status|query_|call_story|ping|info)/;

interface Kept {
  readonly first: StoryEntry[];
  readonly last: StoryEntry[];
  dropped: number;
}

export class Stories {
  readonly #live = new LRUCache<string, Kept>({ max: mostLive });
  readonly #ended = new LRUCache<string, Kept>({ max: mostEnded, ttl: endedFor });

  /** Notes a message that has a Call-ID; one about a call that nobody has told of yet only when it begins one. */
  note(way: StoryEntry['Way'], message: Json): void {
    const { 'Call-ID': callId, 'Event-Name': name } = message;
    if (typeof callId !== 'string' || callId === '' || isQuestion.test(String(name))) return;
    const kept = this.#live.get(callId) ?? this.#ended.get(callId) ?? this.#begin(callId, way);
    if (!kept) return;
    add(kept, entryOf(way, message));
    if (name !== 'CHANNEL_DESTROY' || way !== 'sent') return;
    this.#live.delete(callId);
    this.#ended.set(callId, kept);
  }

  find(callId: string): Story | undefined {
    const kept = this.#live.get(callId) ?? this.#ended.get(callId);
    return (
      kept && {
        entries: [...kept.first, ...kept.last],
        dropped: kept.dropped,
        ended: this.#ended.has(callId),
      }
    );
  }

  /** Only what this process tells of a call makes it one of its own. */
  #begin(callId: string, way: StoryEntry['Way']): Kept | undefined {
    if (way !== 'sent') return undefined;
    const kept: Kept = { first: [], last: [], dropped: 0 };
    this.#live.set(callId, kept);
    return kept;
  }
}

function add(kept: Kept, entry: StoryEntry): void {
  if (kept.first.length < keptFirst) {
    kept.first.push(entry);
    return;
  }
  kept.last.push(entry);
  if (kept.last.length <= keptLast) return;
  kept.last.shift();
  kept.dropped += 1;
}

function entryOf(way: StoryEntry['Way'], message: Json): StoryEntry {
  const { 'Event-Name': event, 'Application-Name': application, Node } = message;
  const isCommand = event === 'command' && typeof application === 'string';
  const details: Record<string, unknown> = {};
  for (const name of shown) {
    const value = message[name];
    if (value !== undefined && !(isCommand && name === 'Application-Name')) details[name] = short(value);
  }
  return {
    At: Date.now(),
    Way: way,
    What: isCommand ? application : String(event),
    ...(way === 'sent' || typeof Node !== 'string' ? {} : { Node }),
    Details: Object.assign(details, more(message)),
  };
}

/** What says most of messages whose fields are large: where a checkpoint stands, whom a bridge rings. */
function more(message: Json): Json {
  const module = getAt(message, 'Resume.Flow.module');
  const endpoints = message['Endpoints'];
  return {
    ...(module === undefined ? {} : { Module: module }),
    ...(Array.isArray(endpoints)
      ? {
          Endpoints: endpoints
            .slice(0, 5)
            .map((it) => short(getAt(it, 'Route') ?? getAt(it, 'To-User') ?? '?')),
        }
      : {}),
  };
}

function short(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** The same bus, with every message about a call noted as it passes. */
export function withStories(bus: Bus, stories: Stories): Bus {
  const sent = (contract: AnyMessage, fields: object): void =>
    stories.note('sent', { 'Event-Name': contract.names[0], ...fields });
  const answered =
    (asked: object) =>
    <T>(answer: T): T => {
      stories.note('answer', { ...asked, ...(answer as Json) });
      return answer;
    };
  return {
    ...bus,
    publish: (contract, fields, options) => {
      sent(contract, fields);
      return bus.publish(contract, fields, options);
    },
    send: (target, contract, fields, options) => {
      sent(contract, fields);
      return bus.send(target, contract, fields, options);
    },
    request: async (contract, fields, options) => {
      sent(contract, fields);
      return answered(callIdOf(fields))(await bus.request(contract, fields, options));
    },
    collect: async (contract, fields, options) => {
      sent(contract, fields);
      return (await bus.collect(contract, fields, options)).map(answered(callIdOf(fields)));
    },
    consume: (options, handler) =>
      bus.consume(options, (delivery) => {
        stories.note('got', (delivery as Delivery<AnyMessage>).message as Json);
        return handler(delivery);
      }),
  };
}

const callIdOf = (fields: object): object => {
  const { 'Call-ID': callId } = fields as Json;
  return callId === undefined ? {} : { 'Call-ID': callId };
};
