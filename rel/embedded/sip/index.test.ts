// The embedded drachtio-server where a test needs its clock or its insides; the rest is in test/conformance/drachtio.

import { once } from 'node:events';
import { expect } from 'chai';
import Srf from 'drachtio-srf';
import { type SipServer, startSipServer } from './index.ts';
import { createSipStack, Dialog, newRequest, type SipResponse, type SipStack } from './stack/index.ts';

const QUICK = { t1: 10, t2: 40, t4: 20, trying: 5 };
const host = '127.0.0.1';

interface App {
  connect(options: object): void;
  disconnect(): void;
  on(event: string, handler: (...args: never[]) => void): void;
  invite(handler: (request: never, response: { send(status: number): void }) => void): void;
  createUAS(request: never, response: unknown, options: object): Promise<NodeJS.EventEmitter>;
}

describe('embedded drachtio-server', () => {
  let server: SipServer;
  let phone: SipStack;
  let application: App;
  let connected = false;

  beforeEach(async () => {
    const listen = (['udp', 'tcp'] as const).map((protocol) => ({ protocol, host, port: 0 }));
    server = await startSipServer({ control: { host, port: 0 }, secret: 's', listen, timers: QUICK });
    phone = await createSipStack({ listen, timers: QUICK });
    connected = false;
    application = new Srf() as unknown as App;
    application.on('error', () => undefined);
  });

  afterEach(async () => {
    if (connected) application.disconnect();
    await phone.close();
    await server.stop();
  });

  async function connect(): Promise<void> {
    application.connect({ host, port: server.controlPort, secret: 's', reconnect: { maxAttempts: 1 } });
    await once(application as unknown as NodeJS.EventEmitter, 'connect');
    connected = true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  function call(): { response: Promise<SipResponse>; dialog: Promise<Dialog> } {
    const target = server.addresses[0]!;
    const options = {
      from: 'sip:a@h',
      contact: phone.uriFor('udp'),
      headers: { 'Content-Type': 'application/sdp' },
      body: 'v=0\r\n',
    };
    const request = newRequest('INVITE', `sip:x@${host}:${target.port}`, options);
    const transaction = phone.request(request, { target });
    const response = new Promise<SipResponse>((resolve) => {
      transaction.on('response', (each) => each.status >= 200 && resolve(each));
    });
    return { response, dialog: response.then((each) => Dialog.fromResponse(transaction.request, each)) };
  }

  it('gives UDP and TCP the same port', () => {
    expect(server.addresses[0]?.port).to.equal(server.addresses[1]?.port);
  });

  it('hangs up a call whose 200 nobody acknowledges, and forgets it', async () => {
    const destroyed = new Promise<void>((resolve, reject) => {
      application.invite((request, response) => {
        application.createUAS(request, response, { localSdp: 'v=0\r\n' }).then((dialog) => {
          dialog.on('destroy', () => resolve());
        }, reject);
      });
    });
    await connect();
    const bye = new Promise<string>((resolve) => {
      phone.on('request', (request, transaction) => {
        transaction.respond(200);
        resolve(`${request.method} ${request.headers.get('reason')}`);
      });
    });
    expect((await call().response).status).to.equal(200);
    expect(await bye).to.match(/^BYE .*ACK timeout/);
    await destroyed;
    expect(server.usage().calls).to.equal(0);
  });

  it('answers 503 for an application that goes away while a call rings', async () => {
    application.invite((_request, response) => {
      response.send(180);
      connected = false;
      application.disconnect();
    });
    await connect();
    expect((await call().response).status).to.equal(503);
    expect(server.usage().calls).to.equal(0);
  });

  it('refuses a port that is taken, and leaves nothing open', async () => {
    const control = { host, port: server.controlPort };
    const listen = [{ protocol: 'udp' as const, host, port: 0 }];
    const failure = await startSipServer({ control, secret: 's', listen }).catch(
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(failure).to.equal('EADDRINUSE');
  });
});
