// The broker's durable state as journal records, and back.
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { FieldTable } from './codec/fields.ts';
import { readActive } from './codec/properties.ts';
import { type Exchange, type ExchangeBinding, type ExchangeSpec, isExchangeType } from './exchange.ts';
import { FileJournal, readJournal } from './journal.ts';
import type { BrokerLog } from './log.ts';
import type { Entry } from './message.ts';
import { ProtocolError } from './protocol-error.ts';
import type { Queue } from './queue.ts';
import type { VirtualHost } from './virtual-host.ts';

export const record = {
  exchange: ({ name, type, autoDelete, internal, arguments: args }: ExchangeSpec): FieldTable => ({
    is: 'exchange',
    name,
    type,
    autoDelete,
    internal,
    arguments: args,
  }),
  exchangeGone: (name: string): FieldTable => ({ is: 'exchange gone', name }),
  queue: ({ spec }: Queue): FieldTable => ({
    is: 'queue',
    name: spec.name,
    autoDelete: spec.autoDelete,
    arguments: spec.arguments,
  }),
  queueGone: (name: string): FieldTable => ({ is: 'queue gone', name }),
  binding: (exchange: string, queue: string, { key, arguments: args }: ExchangeBinding): FieldTable => ({
    is: 'binding',
    exchange,
    queue,
    key,
    arguments: args,
  }),
  bindingGone: (exchange: string, queue: string, { key, arguments: args }: ExchangeBinding): FieldTable => ({
    is: 'binding gone',
    exchange,
    queue,
    key,
    arguments: args,
  }),
  message: (queue: string, { message, sequence, expiresAt }: Entry): FieldTable => ({
    is: 'message',
    queue,
    sequence,
    expiresAt,
    exchange: message.exchange,
    key: message.routingKey,
    properties: message.properties,
    body: message.body,
  }),
  messageGone: (queue: string, { sequence }: Entry): FieldTable => ({ is: 'message gone', queue, sequence }),
};

/** Everything that must survive a restart, in the order in which it can be restored. */
export function snapshot(vhost: VirtualHost): FieldTable[] {
  const exchanges = [...vhost.exchanges.values()].filter(({ spec }) => spec.durable);
  const queues = [...vhost.queues.values()].filter(({ spec }) => spec.durable);
  return [
    ...exchanges.filter(({ spec }) => !spec.name.startsWith('amq.')).map(({ spec }) => record.exchange(spec)),
    ...queues.map((queue) => record.queue(queue)),
    ...exchanges.flatMap((exchange) => keptBindings(exchange)),
    ...queues.flatMap((queue) =>
      Array.from(queue.keptEntries(), (entry) => record.message(queue.name, entry)),
    ),
  ];
}

function keptBindings(exchange: Exchange): FieldTable[] {
  const kept = [...exchange.bindings()].filter(({ queue }) => queue.spec.durable);
  return kept.map(({ queue, binding }) => record.binding(exchange.spec.name, queue.name, binding));
}

/**
 * Restores what the directory holds into an empty broker, and keeps the journal of it from then on.
 * A damaged tail (a power cut) is logged and set aside as `journal.damaged`; what stands before it is used.
 */
export async function openStorage(vhost: VirtualHost, dir: string, log: BrokerLog): Promise<void> {
  await mkdir(dir, { recursive: true });
  const { records, damage } = await readJournal(dir);
  if (damage !== undefined) {
    log.warn(`broker journal: damaged at byte ${damage}, the rest is left in journal.damaged`, { dir });
    await rename(join(dir, 'journal'), join(dir, 'journal.damaged'));
  }
  restore(vhost, records, log);
  vhost.journal = await FileJournal.begin(dir, () => snapshot(vhost), log);
}

function restore(vhost: VirtualHost, records: FieldTable[], log: BrokerLog): void {
  const messages = new Map<string, Map<number, FieldTable>>();
  for (const item of records) {
    const queue = String(item['queue'] ?? item['name']);
    const sequence = Number(item['sequence']);
    if (item['is'] === 'message') {
      const ofQueue = messages.get(queue) ?? new Map<number, FieldTable>();
      messages.set(queue, ofQueue.set(sequence, item));
    } else if (item['is'] === 'message gone') messages.get(queue)?.delete(sequence);
    else {
      if (item['is'] === 'queue gone') messages.delete(queue);
      restoreTopology(vhost, item, log);
    }
  }
  for (const [name, ofQueue] of messages) {
    const queue = vhost.queues.get(name);
    for (const [sequence, item] of ofQueue) if (queue) restoreMessage(queue, sequence, item);
  }
}

function restoreTopology(vhost: VirtualHost, item: FieldTable, log: BrokerLog): void {
  const [name, exchange, key] = [String(item['name']), String(item['exchange']), String(item['key'])];
  const args = (item['arguments'] ?? {}) as FieldTable;
  const autoDelete = item['autoDelete'] === true;
  const binding = { key, arguments: args };
  try {
    if (item['is'] === 'exchange' && isExchangeType(String(item['type']))) {
      const type = String(item['type']) as ExchangeSpec['type'];
      const internal = item['internal'] === true;
      vhost.addExchange({ name, type, durable: true, autoDelete, internal, arguments: args });
    } else if (item['is'] === 'exchange gone') vhost.deleteExchange(name, false);
    else if (item['is'] === 'queue') {
      vhost.addQueue({ name, durable: true, autoDelete, owner: undefined, arguments: args });
    } else if (item['is'] === 'queue gone') vhost.deleteQueue(vhost.getQueue(name));
    else if (item['is'] === 'binding') vhost.bind(exchange, vhost.getQueue(String(item['queue'])), binding);
    else if (item['is'] === 'binding gone')
      vhost.unbind(exchange, vhost.getQueue(String(item['queue'])), binding);
  } catch (error) {
    // A record about something that a later crash made disappear; the state without it is the best there is.
    if (!(error instanceof ProtocolError)) throw error;
    log.warn('broker journal: a record does not fit and is left out', {
      record: item['is'],
      name,
      error: error.message,
    });
  }
}

function restoreMessage(queue: Queue, sequence: number, item: FieldTable): void {
  // Copies: views would hold the whole file in memory.
  const properties = Buffer.from(item['properties'] as Buffer);
  const message = {
    exchange: String(item['exchange']),
    routingKey: String(item['key']),
    properties,
    active: readActive(properties),
    body: Buffer.from(item['body'] as Buffer),
  };
  queue.recover(message, sequence, Number(item['expiresAt']));
}
