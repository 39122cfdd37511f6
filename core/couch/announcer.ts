// Tells everyone of changes: listeners here, all other processes by `configuration` messages; and hears theirs.
import { LRUCache } from 'lru-cache';
import type { Binding, Bus, Delivery, Subscription } from '../amqp/index.ts';
import { type Logger, logger } from '../log/index.ts';
import { dbCreated, dbDeleted, docCreated, docDeleted, docEdited } from '../messages/configuration.ts';
import { encodedName, rawName } from './names.ts';
import type { DocumentChange, StoredDocument } from './store.ts';

const byAction = { created: docCreated, edited: docEdited, deleted: docDeleted } as const;
const contracts = [docCreated, docEdited, docDeleted, dbCreated, dbDeleted] as const;
type Told = Delivery<(typeof contracts)[number]>;

/** All that this exchange carries: one binding in each process instead of one for each kind. */
const bindings: readonly Binding[] = [{ exchange: 'configuration', key: '#' }];

/**
 * What every call leaves and nobody changes is not published: each process of the cluster would hear of each leg. Who keeps
 * something of such a month in his cache follows the feed of that database.
 */
const unpublished = new Set<string | undefined>(['cdr']);

/** Whether the cluster is told of changes of documents of this type. */
export const isAnnounced = (type: string | undefined): boolean => !unpublished.has(type);

export interface AnnouncerOptions {
  readonly bus: Bus | undefined;
  readonly node: string;
  readonly log?: Logger;
  /** A change made elsewhere, heard of by message. Called before the listeners are. */
  readonly onHeard: (change: DocumentChange) => void;
  readonly onDatabase: (database: string) => void;
}

export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #log: Logger;
  readonly #listeners = new Set<(change: DocumentChange) => void>();
  /** Changes that the listeners know of: the same one comes by write, by message and by feed. */
  readonly #told = new LRUCache<string, true>({ max: 10_000 });
  readonly #subscription: Promise<Subscription | undefined>;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#log = options.log ?? logger('couch');
    this.#subscription = this.#subscribe();
  }

  listen(listener: (change: DocumentChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells the listeners of this process, once per revision. */
  tell(change: DocumentChange): void {
    const key = JSON.stringify([change.database, change.id, change.rev]);
    if (change.rev !== undefined && this.#told.has(key)) return;
    this.#told.set(key, true);
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#log.error('a listener for document changes failed', { error, id: change.id });
      }
    }
  }

  /** A write of this process: told here and published. The write stands even when the broker is away. */
  announce(change: DocumentChange, document: StoredDocument): void {
    this.tell(change);
    if (!isAnnounced(change.type)) return;
    this.#publish(
      this.#options.bus?.publish(byAction[change.action], {
        ID: change.id,
        Database: encodedName(change.database),
        Type: change.type,
        Rev: change.rev,
        'Account-ID': document.pvt_account_id,
        Version: document.pvt_vsn,
        'Date-Created': document.pvt_created,
        'Date-Modified': document.pvt_modified,
        'Is-Soft-Deleted': document.pvt_deleted === true,
        'Origin-Cache': this.#options.node,
      }),
    );
  }

  announceDatabase(database: string, action: 'created' | 'deleted'): void {
    const name = encodedName(database);
    const contract = action === 'created' ? dbCreated : dbDeleted;
    this.#publish(
      this.#options.bus?.publish(contract, {
        ID: name,
        Database: name,
        Type: 'database',
        'Origin-Cache': this.#options.node,
      }),
    );
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await (await this.#subscription)?.stop();
  }

  #publish(sent: Promise<void> | undefined): void {
    sent?.catch((error: unknown) =>
      this.#log.warn('a change could not be published: other caches learn of it by the change feed', {
        error,
      }),
    );
  }

  async #subscribe(): Promise<Subscription | undefined> {
    try {
      const queue = { bindings, contracts };
      return await this.#options.bus?.consume(queue, (delivery) => this.#hear(delivery));
    } catch (error) {
      this.#log.error('changes cannot be heard on the bus', { error });
      return undefined;
    }
  }

  #hear({ message }: Told): void {
    const database = rawName(message.Database);
    const name = message['Event-Name'];
    if (name === 'db_created' || name === 'db_deleted') {
      this.#options.onDatabase(database);
      return;
    }
    const change: DocumentChange = {
      action: name === 'doc_created' ? 'created' : name === 'doc_edited' ? 'edited' : 'deleted',
      database,
      id: message.ID,
      type: message.Type === 'undefined' ? undefined : message.Type,
      rev: message.Rev,
    };
    this.#options.onHeard(change);
    this.tell(change);
  }
}
