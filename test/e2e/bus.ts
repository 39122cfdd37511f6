// The bus of a zone, as another app would see it.
import { connect } from 'amqplib';
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
  const key = `callctl-${encodeURIComponent(callId).replaceAll('.', '%2E')}`;
  await channel.bindQueue(queue, 'callctl', key);
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
