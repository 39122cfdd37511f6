// What a source of events is: the messages that it hears, and what a hook is told of each.
import type { Binding } from '../../../core/amqp/index.ts';
import type { AnyMessage, DocumentOf, MessageOf } from '../../../core/contract/index.ts';
import { type account, webhook } from '../../../core/documents/index.ts';
import type { HookName } from '../../../core/documents/webhook.ts';
import type { OnDemand } from '../demand.ts';

export type AccountDocument = DocumentOf<typeof account>;
export type Hook = DocumentOf<typeof webhook>;
export type Payload = Readonly<Record<string, unknown>>;

/** One kind of events. */
export interface Source<M extends AnyMessage = AnyMessage> {
  readonly bindings: readonly Binding[];
  /** What is heard only while there is a hook that wants it: events that come many a call. */
  readonly onDemand?: readonly OnDemand[];
  readonly contracts: readonly M[];
  /** The events that it is about, where others have the same contract. */
  readonly events?: readonly string[];
  /** The hook that is told of this message. */
  hookOf(message: MessageOf<M>): HookName;
  /** The account that it is about; undefined when it is about none. */
  accountOf(message: MessageOf<M>): string | undefined;
  payloadOf(message: MessageOf<M>, account: AccountDocument): Payload;
  /** Whether a hook of the right name wants this one. Default: it does. */
  wanted?(hook: Hook, message: MessageOf<M>): boolean;
}

/** A document that declares a hook. */
export function isHook(document: object | undefined): document is Hook {
  return (document as { pvt_type?: unknown } | undefined)?.pvt_type === webhook.type;
}

/** A source as the app keeps it beside those of other messages. */
export function source<M extends AnyMessage>(declared: Source<M>): Source {
  return declared as Source<AnyMessage>;
}

/** Whether `custom_data` asks for this value under the key; a hook that names none wants all. */
export function chosen({ custom_data }: Hook, key: string, value: string | undefined): boolean {
  const wish = custom_data?.[key];
  return wish === undefined || wish === 'all' || wish === value;
}
