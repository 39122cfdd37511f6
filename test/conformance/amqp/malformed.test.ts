// What no client should send: the connection ends with the right code, and the broker goes on for everyone else.
import { expect } from 'chai';
import { ByteWriter } from '../../../rel/embedded/broker/codec/bytes.ts';
import {
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_HEARTBEAT,
  FRAME_METHOD,
} from '../../../rel/embedded/broker/codec/frames.ts';
import { open, openChannel, put, queueWith, take, useBroker } from './client.ts';
import { methodHead, PROTOCOL_HEADER, RawPeer } from './raw.ts';

const PUBLISH = { ticket: 0, exchange: '', routingKey: 'k', mandatory: false, immediate: false };
const QOS = { prefetchSize: 0, prefetchCount: 1, global: false };
const CONSUME = {
  ticket: 0,
  queue: '',
  consumerTag: '',
  noLocal: false,
  noAck: false,
  exclusive: false,
  noWait: false,
  arguments: {},
};

function header(bodySize: number, { classId = 60, flags = 0, properties = Buffer.alloc(0) } = {}): Buffer {
  const writer = new ByteWriter();
  writer.u16(classId);
  writer.u16(0);
  writer.u64(bodySize);
  writer.u16(flags);
  writer.bytes(properties);
  return writer.take();
}

/** A name, what to send on the open channel 1, and the code in connection.close; 0: RabbitMQ may drop it silently. */
const CASES: [string, number, (peer: RawPeer) => void][] = [
  [
    'a frame without its end',
    501,
    (peer) => peer.frame(FRAME_METHOD, 1, Buffer.concat([methodHead('basic.qos'), Buffer.alloc(7)]), 0),
  ],
  ['an unknown frame type', 501, (peer) => peer.frame(5, 1, Buffer.of(1))],
  ['a frame over frame-max', 501, (peer) => peer.send(Buffer.from([1, 0, 1, 0x7f, 0xff, 0xff, 0xff]))],
  ['an empty method frame', 501, (peer) => peer.frame(FRAME_METHOD, 1, Buffer.alloc(0))],
  [
    'a method cut short',
    501,
    (peer) => peer.frame(FRAME_METHOD, 1, Buffer.concat([methodHead('basic.qos'), Buffer.alloc(3)])),
  ],
  [
    'a method with bytes behind it',
    501,
    (peer) => peer.frame(FRAME_METHOD, 1, Buffer.concat([methodHead('basic.qos'), Buffer.alloc(9)])),
  ],
  ['an unknown method', 0, (peer) => peer.frame(FRAME_METHOD, 1, Buffer.from([0, 60, 0, 99]))],
  ['an unknown class', 0, (peer) => peer.frame(FRAME_METHOD, 1, Buffer.from([0, 99, 0, 1]))],
  [
    'an unknown field type',
    0,
    (peer) => {
      const table = Buffer.from([0, 0, 1, 65, 0, 0, 0, 0, 4, 1, 65, 90, 1]);
      peer.frame(FRAME_METHOD, 1, Buffer.concat([methodHead('queue.declare'), table]));
    },
  ],
  ['a body without a publish', 505, (peer) => peer.frame(FRAME_BODY, 1, Buffer.of(1))],
  ['a header without a publish', 505, (peer) => peer.frame(FRAME_HEADER, 1, header(1))],
  ['a body on channel 0', 505, (peer) => peer.frame(FRAME_BODY, 0, Buffer.of(1))],
  ['a heartbeat on a channel', 505, (peer) => peer.frame(FRAME_HEARTBEAT, 1, Buffer.alloc(0))],
  [
    'a method in place of a header',
    505,
    (peer) => {
      peer.method(1, 'basic.publish', PUBLISH);
      peer.method(1, 'basic.qos', QOS);
    },
  ],
  [
    'a header of another class',
    505,
    (peer) => {
      peer.method(1, 'basic.publish', PUBLISH);
      peer.frame(FRAME_HEADER, 1, header(1, { classId: 50 }));
    },
  ],
  [
    'a header cut short',
    501,
    (peer) => {
      peer.method(1, 'basic.publish', PUBLISH);
      peer.frame(FRAME_HEADER, 1, Buffer.alloc(5));
    },
  ],
  [
    'properties cut short',
    0,
    (peer) => {
      peer.method(1, 'basic.publish', PUBLISH);
      peer.frame(FRAME_HEADER, 1, header(0, { flags: 0x8000, properties: Buffer.of(200, 1) }));
    },
  ],
  [
    'headers that are no table',
    0,
    (peer) => {
      peer.method(1, 'basic.publish', PUBLISH);
      peer.frame(
        FRAME_HEADER,
        1,
        header(0, { flags: 0x2000, properties: Buffer.from([0, 0, 0, 3, 1, 65, 90]) }),
      );
    },
  ],
  ['a channel opened twice', 504, (peer) => peer.method(1, 'channel.open', { reserved: '' })],
  ['a channel never opened', 504, (peer) => peer.method(9, 'basic.qos', QOS)],
  [
    'immediate',
    540,
    (peer) => {
      peer.method(1, 'basic.publish', { ...PUBLISH, immediate: true });
      peer.frame(FRAME_HEADER, 1, header(0));
    },
  ],
  ['a prefetch in bytes', 540, (peer) => peer.method(1, 'basic.qos', { ...QOS, prefetchSize: 10 })],
  ['recover without requeue', 540, (peer) => peer.method(1, 'basic.recover', { requeue: false })],
];

describe('AMQP: malformed input', () => {
  const client = useBroker();
  const peers: RawPeer[] = [];
  const keep = (peer: RawPeer) => {
    peers.push(peer);
    return peer;
  };

  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.destroy();
    const witness = await open(client.url);
    const channel = await openChannel(witness);
    const queue = await queueWith(channel);
    await put(channel, '', queue, 'still here');
    expect(await take(channel, queue)).to.equal('still here');
    await witness.close();
  });

  for (const [name, code, send] of CASES) {
    it(`ends the connection for ${name}${code ? ` with ${code}` : ''}`, async () => {
      const peer = keep(await RawPeer.ready(client.url));
      await peer.openChannel(1);
      send(peer);
      if (code > 0) {
        expect((await peer.expect('connection.close')).replyCode).to.equal(code);
        peer.method(0, 'connection.close-ok', {});
        return;
      }
      const { name: end } = await peer.next();
      expect(end).to.be.oneOf(['connection.close', 'end']);
    });
  }

  it('answers another protocol with its own header, and closes', async () => {
    for (const greeting of ['AMQP\0\0\x08\0', 'GET / HTTP/1.1\r\n\r\n', 'AMQP\x03\x01\0\0']) {
      const peer = keep(await RawPeer.open(client.url));
      peer.send(Buffer.from(greeting, 'latin1'));
      await peer.ended();
      expect(peer.head.equals(PROTOCOL_HEADER), greeting).to.equal(true);
    }
  });

  it('refuses a wrong password with 403', async () => {
    const peer = keep(await RawPeer.open(client.url));
    peer.send(PROTOCOL_HEADER);
    await peer.expect('connection.start');
    peer.startOk(client.url, { password: 'wrong' });
    expect((await peer.expect('connection.close')).replyCode).to.equal(403);
  });

  it('refuses an unknown vhost with 530', async () => {
    const peer = keep(await RawPeer.open(client.url));
    peer.send(PROTOCOL_HEADER);
    await peer.expect('connection.start');
    peer.startOk(client.url);
    await peer.expect('connection.tune');
    peer.method(0, 'connection.tune-ok', { channelMax: 10, frameMax: 131072, heartbeat: 0 });
    peer.method(0, 'connection.open', { vhost: 'nowhere', reserved1: '', reserved2: false });
    expect((await peer.expect('connection.close')).replyCode).to.equal(530);
  });

  it('accepts the handshake byte by byte', async () => {
    const peer = keep(await RawPeer.open(client.url));
    for (const byte of PROTOCOL_HEADER) peer.send(Buffer.of(byte));
    await peer.expect('connection.start');
  });

  it('sends heartbeats as agreed, and gives up a peer that sends none', async () => {
    const peer = keep(await RawPeer.ready(client.url, { heartbeat: 1 }));
    expect((await peer.next()).name).to.equal('heartbeat');
    await peer.ended();
  });

  it('refuses to consume with no queue declared before with 404', async () => {
    const peer = keep(await RawPeer.ready(client.url));
    await peer.openChannel(1);
    peer.method(1, 'basic.consume', CONSUME);
    const { replyCode, classId, methodId } = await peer.expect('channel.close');
    expect({ replyCode, classId, methodId }).to.deep.equal({ replyCode: 404, classId: 60, methodId: 20 });
  });

  it('drops what is sent on a closed channel, and lets its number be used again', async () => {
    const peer = keep(await RawPeer.ready(client.url));
    await peer.openChannel(1);
    peer.method(1, 'basic.ack', { deliveryTag: 5, multiple: false });
    expect((await peer.expect('channel.close')).replyCode).to.equal(406);
    peer.method(1, 'basic.qos', QOS);
    peer.method(1, 'channel.close-ok', {});
    await peer.openChannel(1);
    peer.method(1, 'basic.qos', QOS);
    await peer.expect('basic.qos-ok');
  });

  it('survives random bytes, before and after the handshake', async () => {
    let seed = 1;
    const noise = Array.from({ length: 400 }, () => {
      seed = (seed * 48271) % 0x7fffffff;
      return seed & 0xff;
    });
    for (let round = 0; round < 10; round++) {
      const before = keep(await RawPeer.open(client.url));
      before.send(Buffer.from(noise.slice(round * 40)));
      await before.ended();
      const after = keep(await RawPeer.ready(client.url));
      after.send(Buffer.from(noise.slice(round * 30)));
      const { name } = await after.next();
      expect(name).to.be.oneOf(['connection.close', 'end']);
    }
  });
});
