// The request that the bus benches make, asked and answered in two ways: over core/amqp and over amqplib alone.
import { type Channel, connect } from 'amqplib';
import { type Bus, connectBus } from '../../../core/amqp/index.ts';
import { configureLog, logger } from '../../../core/log/index.ts';
import { authnReq, authnResp } from '../../../core/messages/authn.ts';
import { createMetrics } from '../../../core/metrics/index.ts';

/** Each way on a realm of its own, so that both can listen at the same time. */
export const realms = { bare: 'bare', typed: 'typed' } as const;
export type Way = keyof typeof realms;

const question = {
  From: '1001@demo.mirliton.test',
  To: '1001@demo.mirliton.test',
  'Call-ID': '8d7f3c52-1d1b-4d3e-9d0b-6a1f0e6a7b11',
  Contact: '<sip:1001@192.0.2.10:5060>',
  'Orig-IP': '192.0.2.10',
  'User-Agent': 'bench',
  'Auth-User': 'phone1001',
  'Auth-Realm': realms.typed,
  Method: 'REGISTER',
};

export const answer = {
  'Auth-Method': 'password',
  'Auth-Password': 'correct horse battery staple',
  'Auth-Username': 'phone1001',
  'Custom-Channel-Vars': {
    'Account-ID': '4f5c8f8e2c1f4a3f9c9a6a0a0d1b2c3d',
    'Authorizing-ID': '9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d',
    'Authorizing-Type': 'device',
    Username: 'phone1001',
    Realm: 'demo.mirliton.test',
  },
} as const;

/** A bus as an app of the product has it. */
export function openBus(url: string, appName: string): Promise<Bus> {
  configureLog({ level: 'warn', form: 'text' });
  const log = logger('bench');
  const sender = { appName, appVersion: '0.1.0', node: `${appName}@localhost` };
  return connectBus({ urls: [url], ...sender, log, metrics: createMetrics(), strict: false });
}

/** The same messages as a program without core/amqp would write them. */
const bareQuestion = (messageId: string, serverId: string) => ({
  'App-Name': 'bench',
  'App-Version': '0.1.0',
  Node: 'bench@localhost',
  'Event-Category': 'directory',
  'Event-Name': 'authn_req',
  'Msg-ID': messageId,
  'Server-ID': serverId,
  From: '1001@demo.mirliton.test',
  To: '1001@demo.mirliton.test',
  'Call-ID': '8d7f3c52-1d1b-4d3e-9d0b-6a1f0e6a7b11',
  Contact: '<sip:1001@192.0.2.10:5060>',
  'Orig-IP': '192.0.2.10',
  'User-Agent': 'bench',
  'Auth-User': 'phone1001',
  'Auth-Realm': realms.bare,
  Method: 'REGISTER',
});

const bareAnswer = (messageId: string) => ({
  'App-Name': 'registrar',
  'App-Version': '0.1.0',
  Node: 'registrar@localhost',
  'Event-Category': 'directory',
  'Event-Name': 'authn_resp',
  'Msg-ID': messageId,
  'Auth-Method': answer['Auth-Method'],
  'Auth-Password': answer['Auth-Password'],
  'Auth-Username': answer['Auth-Username'],
  'Custom-Channel-Vars': answer['Custom-Channel-Vars'],
});

const keyOf = (way: Way): string => `authn.req.${realms[way]}`;

async function openChannel(url: string): Promise<Channel> {
  const channel = await (await connect(url)).createChannel();
  await channel.assertExchange('callmgr', 'topic', { durable: false });
  return channel;
}

/** Answers over amqplib alone: parse, answer to `replyTo`. */
export async function answerBare(url: string): Promise<void> {
  const channel = await openChannel(url);
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'callmgr', keyOf('bare'));
  const receive = ({
    content,
    properties,
  }: {
    content: Buffer;
    properties: { replyTo: string; correlationId: string };
  }) => {
    const request = JSON.parse(content.toString()) as Record<string, string>;
    const body = bareAnswer(String(request['Msg-ID']));
    const { replyTo, correlationId } = properties;
    channel.publish('', replyTo, Buffer.from(JSON.stringify(body)), { correlationId });
  };
  await channel.consume(queue, (message) => message && receive(message as never), { noAck: true });
}

/** Answers over core/amqp. */
export async function answerTyped(url: string): Promise<void> {
  const bus = await openBus(url, 'registrar');
  const bindings = [{ exchange: 'callmgr', key: keyOf('typed') }] as const;
  await bus.consume({ bindings, contracts: [authnReq] }, (request) => bus.reply(request, authnResp, answer));
}

/** Asks over amqplib alone: one reply queue, a map of who waits. */
export async function askBare(url: string): Promise<() => Promise<unknown>> {
  const channel = await openChannel(url);
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const pending = new Map<string, (answer: unknown) => void>();
  const receive = (content: Buffer, id: string) => {
    const resolve = pending.get(id);
    pending.delete(id);
    resolve?.(JSON.parse(content.toString()));
  };
  await channel.consume(queue, (it) => it && receive(it.content, String(it.properties.correlationId)), {
    noAck: true,
  });
  let serial = 0;
  return () =>
    new Promise((resolve) => {
      serial += 1;
      const correlationId = `request-${String(serial).padStart(24, '0')}`;
      pending.set(correlationId, resolve);
      channel.publish(
        'callmgr',
        keyOf('bare'),
        Buffer.from(JSON.stringify(bareQuestion(correlationId, queue))),
        { replyTo: queue, correlationId },
      );
    });
}

/** Asks over core/amqp. */
export async function askTyped(url: string): Promise<() => Promise<unknown>> {
  const bus = await openBus(url, 'bench');
  return () => bus.request(authnReq, question);
}
