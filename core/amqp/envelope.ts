// Fields to bytes and bytes to messages: common headers, empty values dropped, validation on the way out and in.
import { randomFillSync } from 'node:crypto';
import { type AnyMessage, compact, isRecord, type MessageFields, type Violation } from '../contract/index.ts';
import { AppError, type ErrorFields, errorText } from '../errors/index.ts';

export type Json = Record<string, unknown>;

/** Who speaks: `App-Name`, `App-Version`, `Node`. */
export interface Sender {
  readonly appName: string;
  readonly appVersion: string;
  readonly node: string;
}

/** What the bus adds to the publisher's fields. */
export interface Stamp {
  readonly messageId?: string | undefined;
  readonly serverId?: string | undefined;
}

export interface Encoded {
  readonly body: Buffer;
  readonly message: Json;
  readonly messageId: string;
}

const idBytes = 16;
const randomPool = Buffer.alloc(idBytes * 256);
let poolUsed = randomPool.length;

/** A fresh Msg-ID: 32 hex digits. Random bytes are fetched for many at a time, which costs a tenth. */
export function newMessageId(): string {
  if (poolUsed === randomPool.length) {
    randomFillSync(randomPool);
    poolUsed = 0;
  }
  poolUsed += idBytes;
  return randomPool.toString('hex', poolUsed - idBytes, poolUsed);
}

export type Encoder = ReturnType<typeof createEncoder>;

/**
 * Makes the encoder of a process.
 * With `strict` a key that the contract does not name is an error, else `onUnknown` is told.
 */
export function createEncoder(
  sender: Sender,
  strict: boolean,
  onUnknown: (contract: AnyMessage, keys: readonly string[]) => void,
) {
  const { appName, appVersion, node } = sender;

  // One literal with every header at its place, then the fields one by one: V8 keeps such objects fast, while a
  // message made by spreading costs six times as much to make, check and write.
  const envelop = (contract: AnyMessage, fields: Json, messageId: string, serverId?: string): Json => {
    const message: Json = {
      'App-Name': appName,
      'App-Version': appVersion,
      Node: node,
      'Event-Category': contract.category,
      'Event-Name': contract.names.length === 1 ? contract.names[0] : undefined,
      'Msg-ID': messageId,
      'Server-ID': serverId,
    };
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      if (value !== undefined && key !== 'Msg-ID') message[key] = value;
    }
    return message;
  };

  /** Throws `invalid_message` with the violations: nothing wrong ever leaves the process. */
  return function encode<M extends AnyMessage>(
    contract: M,
    fields: MessageFields<M>,
    stamp: Stamp = {},
  ): Encoded {
    const given = fields as Json;
    const messageId = stamp.messageId ?? (given['Msg-ID'] as string | undefined) ?? newMessageId();
    let message = envelop(contract, given, messageId, stamp.serverId);
    let text = JSON.stringify(message);
    let violations = contract.check(message);
    let unknown = contract.unknownKeys(message);
    // Few messages hold an empty value, or an undefined one where that matters: only those pay for a clean copy.
    if (text.includes('""') || violations.length > 0 || unknown.length > 0) {
      message = envelop(contract, compact(given), messageId, stamp.serverId);
      text = JSON.stringify(message);
      violations = contract.check(message);
      unknown = contract.unknownKeys(message);
    }
    refuseViolations(contract, violations);
    if (unknown.length > 0) {
      if (strict) refuseViolations(contract, unknown.map(unknownKey));
      onUnknown(contract, unknown);
    }
    return { body: Buffer.from(text), message, messageId };
  };
}

function refuseViolations(contract: AnyMessage, violations: readonly Violation[]): void {
  const first = violations[0];
  if (!first) return;
  throw new AppError('invalid_message', {
    message: `${contract.id}: ${first.path || 'the message'} ${first.message}`,
    details: { contract: contract.id, violations },
  });
}

const unknownKey = (path: string): Violation => ({
  path,
  code: 'additionalProperties',
  message: 'is not a key of this contract',
});

/** What came, read: a message of a known contract, or the reason why not. */
export type Decoded<M extends AnyMessage> =
  | { readonly ok: true; readonly contract: M; readonly message: Json; readonly unknown: readonly string[] }
  | {
      readonly ok: false;
      readonly kind: 'malformed' | 'unexpected' | 'invalid';
      readonly message: Json | undefined;
      readonly error: AppError;
    };

/** Reads any bytes; never throws. */
export function parse(body: Buffer): Json | AppError {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    if (isRecord(json)) return json;
    return new AppError('invalid_message', { message: 'the body is not a JSON object' });
  } catch (error) {
    return new AppError('invalid_message', { message: `the body is not JSON: ${errorText(error)}` });
  }
}

/** Makes a decoder that knows these contracts. A contract with several names is found by each. */
export function createDecoder<M extends AnyMessage>(contracts: readonly M[], strict: boolean) {
  const known = new Map<string, M[]>();
  for (const contract of contracts)
    for (const name of contract.names) {
      const event = `${contract.category}/${name}`;
      known.set(event, [...(known.get(event) ?? []), contract]);
    }

  return function decode(json: Json): Decoded<M> {
    const event = `${String(json['Event-Category'])}/${String(json['Event-Name'])}`;
    const candidates = known.get(event) ?? [];
    // Commands share category and name and differ in their Application-Name.
    const contract = candidates.length === 1 ? candidates[0] : candidates.find((it) => it.matches(json));
    if (!contract) {
      const error = new AppError('invalid_message', { message: `${event} is not expected here` });
      return { ok: false, kind: 'unexpected', message: json, error };
    }
    const unknown = contract.unknownKeys(json);
    try {
      refuseViolations(contract, contract.accept(json));
      if (strict) refuseViolations(contract, unknown.map(unknownKey));
    } catch (error) {
      return { ok: false, kind: 'invalid', message: json, error: error as AppError };
    }
    return { ok: true, contract, message: json, unknown };
  };
}

/** The error that a message carries, if it is an error message (contract/kapi.md §1, or our own fields). */
export function carriedError(json: Json): AppError | undefined {
  if (json['Event-Category'] !== 'error' && typeof json['Error-Code'] !== 'string') return undefined;
  return AppError.fromFields({
    'Error-Code': String(json['Error-Code'] ?? 'unspecified_fault'),
    'Error-Message': String(json['Error-Message'] ?? json['Error-Msg'] ?? 'the other side reports an error'),
    ...(isRecord(json['Error-Details']) ? { 'Error-Details': json['Error-Details'] } : {}),
  } satisfies ErrorFields);
}
