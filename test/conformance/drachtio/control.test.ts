// drachtio conformance: the control port itself, the choice of the application, and call detail records.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { expect } from 'chai';
import { connect, type Message, newApplication, newDeferred } from './application.ts';
import { finalOf, Phone, SDP } from './phone.ts';
import { RawUdp } from './raw.ts';
import { serverUnderTest } from './server.ts';
import { cleanUp } from './suite.ts';

describe('drachtio: the control port', () => {
  cleanUp();

  /** Sends commands over a connection of its own and gives the answers. */
  async function raw(): Promise<{ socket: Socket; ask(text: string): Promise<string[]> }> {
    const { host, port } = (await serverUnderTest()).control;
    const socket = connectTcp(port, host);
    await once(socket, 'connect');
    const ask = async (text: string): Promise<string[]> => {
      const message = `${randomUUID()}|${text}`;
      const answer = once(socket, 'data');
      socket.write(`${Buffer.byteLength(message)}#${message}`);
      const [data] = (await answer) as [Buffer];
      return data.toString().split('#').slice(1).join('#').split('|').slice(3);
    };
    return { socket, ask };
  }

  it('tells its SIP addresses and its version', async () => {
    const { control, sip } = await serverUnderTest();
    const application = newApplication();
    const connected = new Promise<unknown[]>((resolve) =>
      application.on('connect', (...args) => resolve(args)),
    );
    application.connect(control);
    const [error, hostports, version] = await connected;
    const closed = once(application, 'close');
    application.disconnect();
    await closed;
    expect(error).to.equal(null);
    const { host, port } = sip('udp');
    expect(String(hostports).split(',')).to.include(`udp/${host}:${port}`);
    expect(version).to.match(/^v\d+\.\d+\.\d+/);
  });

  it('refuses a wrong secret', async () => {
    const { socket, ask } = await raw();
    const [outcome] = await ask('authenticate|wrong|');
    expect(outcome).to.equal('NO');
    socket.destroy();
  });

  it('answers pings', async () => {
    const { socket, ask } = await raw();
    const { secret } = (await serverUnderTest()).control;
    expect((await ask(`authenticate|${secret}|a,b`))[0]).to.equal('OK');
    expect(await ask('ping')).to.deep.equal(['OK', 'pong']);
    socket.destroy();
  });

  it('closes a connection that does not speak its protocol', async () => {
    const { socket } = await raw();
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: example.org\r\n\r\n');
    socket.resume();
    await closed;
  });

  it('gives requests to the applications that want them, in turn', async () => {
    const counts = [0, 0];
    for (const which of [0, 1]) {
      await connect((application) => {
        application.options((_request, response) => {
          counts[which]! += 1;
          response.send(200);
        });
      });
    }
    const phone = await Phone.open('alice');
    for (let i = 0; i < 4; i++) await finalOf(await phone.send('OPTIONS', 'ping'));
    expect(counts.every((count) => count > 0)).to.equal(true);
    expect(counts[0]! + counts[1]!).to.equal(4);
  });

  it('answers 503 once the application has gone', async () => {
    const application = await connect((each) => each.options((_request, response) => response.send(200)));
    const phone = await Phone.open('alice');
    expect((await finalOf(await phone.send('OPTIONS', 'ping'))).status).to.equal(200);
    application.unregisterForMessages('options');
    const peer = await RawUdp.open();
    let status = 0;
    while (status !== 503) status = (await peer.ask(peer.request('OPTIONS', {})))[0]!.status;
  });

  // The real server does so with <cdrs>true</cdrs> in its configuration.
  it('writes call detail records', async () => {
    const records: string[][] = [];
    const stopped = newDeferred<void>();
    const application = newApplication();
    const note =
      (kind: string) =>
      (...args: unknown[]): void => {
        const message = args.pop() as Message;
        records.push([kind, String(args[0]), ...args.slice(2).map(String), message.get('call-id')]);
        if (kind === 'stop') stopped.resolve();
      };
    for (const kind of ['attempt', 'start', 'stop']) application.on(`cdr:${kind}`, note(kind));
    const { control } = await serverUnderTest();
    application.connect(control);
    await once(application, 'connect');
    await connect((each) => {
      each.invite((request, response) => void each.createUAS(request, response, { localSdp: SDP }));
    });
    const phone = await Phone.open('alice');
    const { dialog } = await (await phone.call('service')).answered();
    await phone.within(dialog, 'BYE');
    await stopped.promise;
    const closed = once(application, 'close');
    application.disconnect();
    await closed;
    const id = dialog.callId;
    expect(records).to.deep.equal([
      ['attempt', 'network', id],
      ['start', 'application', 'uas', id],
      ['stop', 'network', 'normal-release', id],
    ]);
  });
});
