// The bus of a zone, as another app would see it.
import { type Channel, connect } from 'amqplib';
import { segment } from '../../core/contract/index.ts';
import type { Zone } from './zone.ts';

export function busUrl(zone: Zone): string {
  const { urls = [], port } = zone.settings['bus'] as { urls?: string[]; port: number };
  return urls[0] ?? `amqp://guest:guest@127.0.0.1:${port}`;
}

/** What the controller of a call orders from now on. */
export interface Overheard {
  readonly commands: readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

/** Listens beside the control queue of a call. */
export async function overhear(zone: Zone, callId: string): Promise<Overheard> {
  const connection = await connect(busUrl(zone));
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'callctl', await controlQueueOf(channel, callId));
  const commands: Record<string, unknown>[] = [];
  await channel.consume(
    queue,
    (message) => {
      if (message) commands.push(JSON.parse(message.content.toString()));
    },
    { noAck: true },
  );
  return { commands, stop: () => connection.close() };
}

/** Where commands for a call go, as its ecallmgr says. */
async function controlQueueOf(channel: Channel, callId: string): Promise<string> {
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'targeted', queue);
  const answer = new Promise<string>((resolve) => {
    void channel.consume(
      queue,
      (message) => {
        const status = JSON.parse(message?.content.toString() ?? '{}');
        resolve(String(status['Custom-Channel-Vars']?.['Control-Queue']));
      },
      { noAck: true },
    );
  });
  const question = {
    'App-Name': 'test',
    'App-Version': '1',
    'Event-Category': 'call_event',
    'Event-Name': 'channel_status_req',
    'Msg-ID': queue,
    'Server-ID': queue,
    'Call-ID': callId,
  };
  channel.publish('callevt', `call.status_req.${segment(callId)}`, Buffer.from(JSON.stringify(question)));
  return answer;
}
