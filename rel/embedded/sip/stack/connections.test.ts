// TLS and WebSocket: by connections that phones open, and by no others.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { createSipStack, newRequest, type Protocol, type SipStack } from './index.ts';

const host = '127.0.0.1';
const options = (branch: string) =>
  [
    'OPTIONS sip:a@example.org SIP/2.0',
    `Via: SIP/2.0/WS x.invalid;branch=z9hG4bK${branch};rport`,
    'From: <sip:b@example.org>;tag=1',
    'To: <sip:a@example.org>',
    `Call-ID: ${branch}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');

describe('sip over connections', () => {
  let folder: string;
  let stack: SipStack;
  const port = (protocol: Protocol): number =>
    stack.addresses.find((address) => address.protocol === protocol)?.port ?? 0;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sip-'));
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', ...made, '-days', '1', '-subj', '/CN=sip'], { stdio: 'ignore' });
    stack = await createSipStack({
      listen: (['tls', 'ws', 'wss'] as const).map((protocol) => ({ protocol, host, port: 0 })),
      secure: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') },
    });
    stack.on('request', (_request, transaction) => transaction.respond(200));
  });
  after(async () => {
    await stack.close();
    rmSync(folder, { recursive: true });
  });

  for (const protocol of ['ws', 'wss'] as const)
    it(`answers requests and pings over ${protocol}`, async () => {
      const socket = new WebSocket(`${protocol}://${host}:${port(protocol)}`, 'sip', {
        rejectUnauthorized: false,
      });
      await once(socket, 'open');
      socket.send('\r\n\r\n');
      expect(String((await once(socket, 'message'))[0])).to.equal('\r\n');
      socket.send(options(protocol));
      expect(String((await once(socket, 'message'))[0])).to.match(/^SIP\/2\.0 200 OK/);
      socket.terminate();
    });

  it('takes no WebSocket that does not speak SIP', async () => {
    const socket = new WebSocket(`ws://${host}:${port('ws')}`);
    const [code] = await once(socket, 'close');
    expect(code).to.equal(1002);
  });

  it('answers over TLS, and outlives who speaks none', async () => {
    const plain = connect({ host, port: port('ws') });
    await once(plain, 'error');
    const socket = connect({ host, port: port('tls'), rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    socket.write(options('tls'));
    expect(String((await once(socket, 'data'))[0])).to.match(/^SIP\/2\.0 200 OK/);
    socket.destroy();
  });

  for (const protocol of ['tls', 'ws'] as const)
    it(`a request that no ${protocol} connection leads to fails at once`, async () => {
      const uri = `sip:a@${host}:9;transport=${protocol}`;
      const transaction = stack.request(newRequest('OPTIONS', uri, { from: 'sip:b@c', to: uri }));
      const [response] = await once(transaction, 'response');
      expect(response.status).to.equal(503);
    });

  it('needs a key and a certificate for TLS', async () => {
    const failed = await createSipStack({ listen: [{ protocol: 'tls', host, port: 0 }] }).catch(
      (error: Error) => error,
    );
    expect(failed)
      .to.be.instanceOf(Error)
      .with.property('message', 'to listen by tls takes a key and a certificate');
  });
});
