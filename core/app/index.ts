// What an app is, and what it is given when it starts.
import type { ActorSystem } from '../actors/index.ts';
import type { Bus } from '../amqp/index.ts';
import type { Settings, SystemConfig } from '../config/index.ts';
import type { Store } from '../couch/index.ts';
import type { Logger } from '../log/index.ts';
import type { Metrics } from '../metrics/index.ts';

export { joinNodes, type KnownNode, type Presence } from './nodes.ts';
export { answerOperators, answerPings, healthOf, type ProcessFacts } from './operators.ts';

/** Everything an app may use. One per app and process; all apps of a process share bus, store and actors. */
export interface AppContext {
  /** `app@host`, as it stands in the `Node` header. */
  readonly node: string;
  readonly settings: Settings;
  /** Runtime values from `system_config`. */
  readonly systemConfig: SystemConfig;
  readonly bus: Bus;
  readonly store: Store;
  readonly actors: ActorSystem;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** A started app. */
export interface RunningApp {
  /** Whether it can do its work now, and if not, why: shown by `/health`. */
  health?(): { readonly ok: boolean; readonly detail?: string };
  /** What an operator wants to know of it beside its health, e.g. the switches of ecallmgr. Must survive JSON. */
  info?(): Readonly<Record<string, unknown>>;
  /** Forgets what it keeps of documents and answers; it reads them again. */
  flush?(): void;
  /** Takes no new work and resolves when what runs has ended or was handed over. */
  drain?(): Promise<void>;
  stop(): Promise<void>;
}

/** An app: an actor system of its own that meets the others on the bus only. */
export interface App {
  readonly name: string;
  start(context: AppContext): Promise<RunningApp>;
}
