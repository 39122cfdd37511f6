// The stack against itself over UDP and TCP, and against raw sockets where a peer must misbehave.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import {
  type Address,
  type ClientTransaction,
  createSipStack,
  Dialog,
  newRequest,
  type Protocol,
  parseMessage,
  parseVia,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type SipStack,
} from './index.ts';

const QUICK = { t1: 10, t2: 40, t4: 50, trying: 5 };
const open: { close(): unknown }[] = [];

async function stackOn(protocol: Protocol, timers = {}): Promise<SipStack> {
  const stack = await createSipStack({ listen: [{ protocol, host: '127.0.0.1', port: 0 }], timers });
  open.push(stack);
  return stack;
}

async function rawUdp(): Promise<Socket & { at: Address }> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  open.push(socket);
  return Object.assign(socket, {
    at: { protocol: 'udp' as const, host: '127.0.0.1', port: socket.address().port },
  });
}

const first = (stack: SipStack): Address => stack.addresses[0]!;
const finalOf = (transaction: ClientTransaction): Promise<SipResponse> =>
  new Promise((resolve) =>
    transaction.on('response', (response) => response.status >= 200 && resolve(response)),
  );
const invite = (stack: SipStack): SipRequest => {
  const contact = stack.uriFor(first(stack).protocol, 'caller');
  return newRequest('INVITE', 'sip:callee@example.org', {
    from: 'sip:caller@example.org',
    contact,
    body: 'v=0\r\n',
  });
};

describe('sip stack', () => {
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  for (const protocol of ['udp', 'tcp'] as const) {
    describe(`over ${protocol}`, () => {
      it('carries a call: INVITE, 180, 200, ACK, INFO each way, BYE', async () => {
        const [a, b] = await Promise.all([stackOn(protocol), stackOn(protocol)]);
        const seen: string[] = [];
        let callee: Dialog | undefined;
        b.on('request', (request, tx) => {
          seen.push(request.method);
          if (request.method !== 'INVITE') {
            expect(callee?.receive(request)).to.equal(undefined);
            tx.respond(200);
            return;
          }
          const contact = `<${b.uriFor(protocol, 'callee')}>`;
          callee = Dialog.fromRequest(request, tx.localTag, contact);
          tx.respond(180);
          tx.respond(200, undefined, {
            headers: { Contact: contact, 'Content-Type': 'application/sdp' },
            body: 'v=1\r\n',
          });
        });
        const acked = once(b, 'ack');
        const request = invite(a);
        const transaction = a.request(request, { target: first(b) });
        const statuses: number[] = [];
        transaction.on('response', (response) => statuses.push(response.status));
        const answer = await finalOf(transaction);
        const caller = Dialog.fromResponse(request, answer);
        transaction.ack(caller.ack(1), first(b));
        const [ack] = (await acked) as [SipRequest];
        expect(ack.uri).to.equal(b.uriFor(protocol, 'callee'));
        expect(answer.body.toString()).to.equal('v=1\r\n');
        expect((await finalOf(a.request(caller.request('INFO')))).status).to.equal(200);
        expect((await finalOf(a.request(caller.request('BYE')))).status).to.equal(200);
        expect(statuses).to.deep.equal([180, 200]);
        expect(seen).to.deep.equal(['INVITE', 'INFO', 'BYE']);
        expect(callee?.state).to.equal('terminated');
      });

      it('cancels a ringing call', async () => {
        const [a, b] = await Promise.all([stackOn(protocol), stackOn(protocol)]);
        b.on('request', (_request, tx) => {
          tx.respond(180);
        });
        const transaction = a.request(invite(a), { target: first(b) });
        transaction.on('response', (response) => response.status === 180 && transaction.cancel());
        expect((await finalOf(transaction)).status).to.equal(487);
      });
    });
  }

  it('waits with CANCEL for a provisional response', async () => {
    const [a, b] = await Promise.all([stackOn('udp'), stackOn('udp', { trying: 30 })]);
    b.on('request', () => undefined);
    const transaction = a.request(invite(a), { target: first(b) });
    transaction.cancel();
    expect((await finalOf(transaction)).status).to.equal(487);
  });

  it('retransmits over UDP and tells a silent peer as 408', async () => {
    const a = await stackOn('udp', QUICK);
    const silent = await rawUdp();
    let copies = 0;
    silent.on('message', () => {
      copies += 1;
    });
    const transaction = a.request(newRequest('OPTIONS', 'sip:x@example.org', { from: 'sip:a@b' }), {
      target: silent.at,
    });
    const timeout = once(transaction, 'timeout');
    const response = await finalOf(transaction);
    await timeout;
    expect(response.status).to.equal(408);
    expect(copies).to.be.greaterThan(5);
    expect(a.transactionCount).to.equal(0);
  });

  it('tells a refused TCP connection as 503', async () => {
    const a = await stackOn('tcp');
    const gone = await stackOn('tcp');
    const target = first(gone);
    await gone.close();
    const transaction = a.request(newRequest('OPTIONS', 'sip:x@example.org', { from: 'sip:a@b' }), {
      target,
    });
    expect((await finalOf(transaction)).status).to.equal(503);
  });

  it('absorbs retransmissions and repeats the same response', async () => {
    const b = await stackOn('udp', QUICK);
    const peer = await rawUdp();
    let delivered = 0;
    b.on('request', (_request, tx) => {
      delivered += 1;
      tx.respond(404);
    });
    const text =
      `OPTIONS sip:x@h SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:9;branch=z9hG4bKsame;rport\r\nf: <sip:a@h>;tag=1\r\n` +
      't: <sip:x@h>\r\ni: 1\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\n';
    const answers: string[] = [];
    for (let i = 0; i < 3; i++) {
      const answer = once(peer, 'message');
      peer.send(text, first(b).port, '127.0.0.1');
      answers.push(String((await answer)[0]));
    }
    expect(delivered).to.equal(1);
    expect(new Set(answers).size).to.equal(1);
    const via = parseVia(parseMessage(Buffer.from(answers[0] ?? '')).headers.get('via') ?? '');
    expect(via.params.get('received')).to.equal('127.0.0.1');
    expect(via.params.get('rport')).to.equal(String(peer.at.port));
  });

  it('repeats a 2xx until its ACK, then forgets everything', async () => {
    const b = await stackOn('udp', QUICK);
    const peer = await rawUdp();
    const ended = new Promise<ServerTransaction>((resolve) => {
      b.on('request', (_request, tx) => {
        tx.on('end', () => resolve(tx));
        tx.respond(200, 'OK', { headers: { Contact: `<${b.uriFor('udp')}>` } });
      });
    });
    const request = (method: string, branch: string, to: string): string =>
      `${method} sip:x@h SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:${peer.at.port};branch=z9hG4bK${branch}\r\n` +
      `From: <sip:a@h>;tag=1\r\nTo: ${to}\r\nCall-ID: 77\r\nCSeq: 1 ${method}\r\n\r\n`;
    let copies = 0;
    let to = '';
    const third = new Promise<void>((resolve) => {
      peer.on('message', (data) => {
        copies += 1;
        to = parseMessage(data).headers.get('to') ?? '';
        if (copies === 3) resolve();
      });
    });
    peer.send(request('INVITE', 'one', '<sip:x@h>'), first(b).port, '127.0.0.1');
    await third;
    const acked = once(b, 'ack');
    peer.send(request('ACK', 'two', to), first(b).port, '127.0.0.1');
    await acked;
    const atAck = copies;
    expect((await ended).state).to.equal('terminated');
    expect(copies).to.be.at.most(atAck + 1);
    expect(b.transactionCount).to.equal(0);
  });

  it('acknowledges a repeated 2xx with the same ACK', async () => {
    const a = await stackOn('udp');
    const peer = await rawUdp();
    const acks: string[] = [];
    const twoAcks = new Promise<void>((resolve) => {
      peer.on('message', (data, from) => {
        const request = parseMessage(data) as SipRequest;
        if (request.method === 'ACK') {
          acks.push(String(data));
          if (acks.length === 2) resolve();
          return;
        }
        const head = [...request.headers].filter(([name]) => /^(via|from|call-id|cseq)$/i.test(name));
        const text = `SIP/2.0 200 OK\r\n${head.map(([n, v]) => `${n}: ${v}\r\n`).join('')}To: <sip:x@h>;tag=9\r\n\r\n`;
        peer.send(text, from.port, from.address);
        peer.send(text, from.port, from.address);
      });
    });
    const request = invite(a);
    const transaction = a.request(request, { target: peer.at });
    transaction.on('response', (response) =>
      transaction.ack(Dialog.fromResponse(request, response).ack(1), peer.at),
    );
    await twoAcks;
    expect(acks[0]).to.equal(acks[1]);
  });

  it('answers 481 to a CANCEL of nothing, 500 when a handler throws, 503 without a handler', async () => {
    const [a, b, c] = await Promise.all([stackOn('udp'), stackOn('udp'), stackOn('udp')]);
    b.on('request', () => {
      throw new Error('a fault of the user');
    });
    const ask = async (method: string, at: SipStack): Promise<number> =>
      (await finalOf(a.request(newRequest(method, 'sip:x@h', { from: 'sip:a@b' }), { target: first(at) })))
        .status;
    expect(await ask('CANCEL', b)).to.equal(481);
    expect(await ask('OPTIONS', b)).to.equal(500);
    expect(await ask('OPTIONS', c)).to.equal(503);
  });

  it('refuses an address that is taken', async () => {
    const a = await stackOn('tcp');
    const failure = await createSipStack({ listen: [first(a)] }).catch(
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(failure).to.equal('EADDRINUSE');
  });
});
