// Registration: who may, who may not, how long it lasts, and what REST shows of it.
import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createSipStack, newRequest, type SipResponse } from '../../rel/embedded/sip/stack/index.ts';
import { type Line, newAccount, type TestAccount } from './account.ts';
import { eventually } from './eventually.ts';
import { call, fixtures, register } from './fixtures.ts';
import { freePorts } from './ports.ts';
import { sharedZone } from './shared.ts';
import { sipp } from './sipp.ts';

describe('registration', function () {
  this.timeout(120_000);
  const use = fixtures();
  let account: TestAccount;
  before(async () => {
    account = await newAccount(await sharedZone());
  });

  interface Row {
    readonly username: string;
    readonly contact: string;
    readonly expires: number;
    readonly user_agent: string;
    readonly authorizing_id: string;
  }
  const rows = async ({ username }: Line): Promise<Row[]> => {
    const all: Row[] = await account.rest.get('registrations?paginate=false');
    return all.filter((row) => row.username === username);
  };
  const expectContacts = (line: Line, ...contacts: string[]) =>
    eventually(async () => {
      const found = (await rows(line)).map(({ contact }) => contact).sort();
      expect(found.map((it) => /sip:[^;>]*/.exec(it)?.[0])).to.deep.equal(contacts.sort());
    });

  for (const transport of ['udp', 'tcp'] as const) {
    it(`with the right password is accepted over ${transport} and shows in REST`, async () => {
      const line = await account.device();
      const [port] = (await freePorts(1)) as [number];
      const messages = await register(line, { port, transport, expires: 120 });
      expect(messages).to.match(/Contact: .*expires=1(20|19)/);
      await expectContacts(line, `sip:${line.username}@127.0.0.1:${port}`);
      const [row] = await rows(line);
      expect(row).to.deep.include({ user_agent: 'SIPp', expires: 120 });
      expect(row?.authorizing_id).to.equal(line.id);
    });
  }

  it('of a softphone is accepted', async () => {
    const line = await account.device();
    await use.phone(line);
    await eventually(async () => expect(await rows(line)).to.have.length(1));
  });

  it('with a wrong password is challenged again and kept out', async () => {
    const line = await account.device();
    await register({ ...line, password: 'not-the-one' }, { status: 401 });
    expect(await rows(line)).to.deep.equal([]);
  });

  it('of an unknown user is refused', async () => {
    const line = await account.device();
    await register({ ...line, username: 'nobody' }, { status: 401 });
  });

  it('in an unknown realm is refused', async () => {
    const line = await account.device();
    await register({ ...line, realm: 'no.such.realm.test' }, { status: 401 });
  });

  it('of a disabled device is refused', async () => {
    const line = await account.device({ enabled: false });
    await register(line, { status: 401 });
  });

  it('with a new password counts at once, the old one no longer', async () => {
    const line = await account.device();
    await register(line);
    const device = await account.rest.get(`devices/${line.id}`);
    const sip = { ...device.sip, password: 'brand-new-1' };
    await account.rest.post(`devices/${line.id}`, { ...device, sip });
    await eventually(() => register({ ...line, password: 'brand-new-1' }));
    await register(line, { status: 401 });
  });

  it('replaces the same contact instead of adding one', async () => {
    const line = await account.device();
    const contact = `<sip:${line.username}@127.0.0.1:5999>`;
    await register(line, { contact });
    await register(line, { contact });
    await expectContacts(line, `sip:${line.username}@127.0.0.1:5999`);
  });

  it('keeps two contacts of one device', async () => {
    const line = await account.device();
    for (const port of [5998, 5999])
      await register(line, { contact: `<sip:${line.username}@127.0.0.1:${port}>` });
    await expectContacts(line, ...[5998, 5999].map((port) => `sip:${line.username}@127.0.0.1:${port}`));
  });

  it('ends for one contact with Expires 0', async () => {
    const line = await account.device();
    const [a, b] = [5998, 5999].map((port) => `sip:${line.username}@127.0.0.1:${port}`) as [string, string];
    for (const contact of [a, b]) await register(line, { contact: `<${contact}>` });
    await register(line, { contact: `<${a}>`, expires: 0 });
    await expectContacts(line, b);
  });

  it('ends for all contacts with *', async () => {
    const line = await account.device();
    for (const port of [5998, 5999])
      await register(line, { contact: `<sip:${line.username}@127.0.0.1:${port}>` });
    await expectContacts(line, ...[5998, 5999].map((port) => `sip:${line.username}@127.0.0.1:${port}`));
    await register(line, { contact: '*', expires: 0 });
    await expectContacts(line);
  });

  it('for too short a time is refused, and the shortest one is named', async () => {
    const shortest = await eventually(async () => {
      const failed = await register(await account.device(), { expires: 1, status: 423 });
      return /Min-Expires: (\d+)/.exec(failed)?.[1];
    }, 5);
    expect(Number(shortest)).to.be.at.least(2);
  });

  it('runs out', async () => {
    const line = await account.device();
    // The shared zone grants short times as soon as its edge has read the setting again (every 30 s).
    await eventually(() => register(line, { expires: 2 }), 45);
    await eventually(async () => expect(await rows(line)).to.have.length(1));
    await expectContacts(line);
  });

  it('is flushed by REST', async () => {
    const line = await account.device();
    await register(line);
    await eventually(async () => expect(await rows(line)).to.have.length(1));
    const { status } = await account.rest.send('DELETE', `registrations/${line.username}`);
    expect(status).to.equal(200);
    await expectContacts(line);
  });

  it('by digest with SHA-256 is accepted, and refused with a wrong password', async () => {
    const line = await account.device();
    expect((await registerWithSha256(line)).status).to.equal(200);
    await eventually(async () => expect(await rows(line)).to.have.length(1));
    expect((await registerWithSha256({ ...line, password: 'wrong-one' })).status).to.equal(401);
  });

  it('in an address instead of a realm is dropped without an answer', async () => {
    const { proxy } = await account.device();
    const host = proxy.split(':')[0] ?? '';
    const values = { user: 'x', password: 'xxxxx', realm: host, contact: '<sip:x@127.0.0.1:9>', expires: 60 };
    const given = { ...values, status: 200 };
    const failed = await sipp('register', { proxy, values: given, seconds: 2 }).catch(
      (error: Error) => error,
    );
    expect(failed).to.be.instanceOf(Error);
    expect((failed as Error).message).not.to.match(/SIP\/2\.0 [1-6]/);
  });

  it('is not enough for others: an INVITE with a wrong password is refused', async () => {
    await account.extension('110');
    const line = await account.device();
    const messages = await call({ ...line, password: 'not-the-one' }, '110', 'call-fails', { status: 407 });
    expect(messages).not.to.include('SIP/2.0 180');
  });
});

/** As SIPp and baresip cannot: takes the challenge with SHA-256 (RFC 8760). */
async function registerWithSha256({ username, password, realm, proxy }: Line): Promise<SipResponse> {
  const stack = await createSipStack({ listen: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }] });
  const [host = '', port = ''] = proxy.split(':');
  const target = { protocol: 'udp' as const, host, port: Number(port) };
  const send = (authorization?: string): Promise<SipResponse> => {
    const headers = { Expires: '120', ...(authorization ? { Authorization: authorization } : {}) };
    const from = `<sip:${username}@${realm}>`;
    const contact = stack.uriFor('udp', username);
    const request = newRequest('REGISTER', `sip:${realm}`, { from, to: from, contact, headers });
    return new Promise((resolve) => {
      const transaction = stack.request(request, { target });
      transaction.on('response', (response) => response.status >= 200 && resolve(response));
    });
  };
  try {
    const challenge = (await send()).headers
      .getAll('WWW-Authenticate')
      .find((field) => field.includes('SHA-256'));
    const nonce = /nonce="([^"]+)"/.exec(challenge ?? '')?.[1] ?? '';
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const cnonce = randomBytes(8).toString('hex');
    const secret = hash(`${username}:${realm}:${password}`);
    const uri = `sip:${realm}`;
    const response = hash(`${secret}:${nonce}:00000001:${cnonce}:auth:${hash(`REGISTER:${uri}`)}`);
    const parts = { username, realm, nonce, uri, response, cnonce };
    const quoted = Object.entries(parts).map(([name, value]) => `${name}="${value}"`);
    return await send(`Digest ${quoted.join(', ')}, algorithm=SHA-256, qop=auth, nc=00000001`);
  } finally {
    await stack.close();
  }
}
