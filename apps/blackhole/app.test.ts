// blackhole: who hears what, and who is cut off.
import { once } from 'node:events';
import { expect } from 'chai';
import WebSocket from 'ws';
import { loadSettings } from '../../core/config/index.ts';
import { accountDatabase, type StoredDocument } from '../../core/couch/index.ts';
import { callEvent } from '../../core/messages/call.ts';
import { conferenceEvent, lock } from '../../core/messages/conference.ts';
import { docEdited } from '../../core/messages/configuration.ts';
import { mwiUpdate } from '../../core/messages/presence.ts';
import { type Rest, startRest, type Tenant } from '../crossbar/testing/rest.ts';
import { type RunningBlackhole, start } from './app.ts';

interface Frame {
  readonly action: string;
  readonly status?: string;
  readonly request_id?: string;
  readonly subscribed_key?: string;
  readonly name?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

describe('blackhole', () => {
  let rest: Rest;
  let tenant: Tenant;
  let stranger: Tenant;
  let app: RunningBlackhole;
  const open: WebSocket[] = [];
  const others: RunningBlackhole[] = [];

  before(async () => {
    rest = await startRest();
    tenant = await rest.account('acme');
    stranger = await rest.account('other');
    app = await start(contextOf());
  });
  after(async () => {
    await app.stop();
    await rest.stop();
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.terminate();
    for (const other of others.splice(0)) await other.stop();
  });

  /** One with the settings of now. */
  const another = async (): Promise<RunningBlackhole> => {
    const started = await start(contextOf());
    others.push(started);
    return started;
  };

  const contextOf = () => ({
    ...rest.context,
    node: 'blackhole@localhost',
    bus: rest.bus.peer('blackhole@localhost'),
    settings: loadSettings({ overrides: { 'websockets.port': 0 } }),
  });

  /** A page that keeps what it hears. */
  async function page(port = app.port) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    open.push(socket);
    const heard: Frame[] = [];
    const waiting: (() => void)[] = [];
    socket.on('message', (data) => {
      heard.push(JSON.parse(String(data)) as Frame);
      for (const wake of waiting.splice(0)) wake();
    });
    await once(socket, 'open');
    const next = async (fits: (frame: Frame) => boolean): Promise<Frame> => {
      for (;;) {
        const found = heard.find(fits);
        if (found) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    };
    let asked = 0;
    const ask = async (action: string, more: object = {}): Promise<Frame> => {
      const request_id = String(++asked);
      socket.send(JSON.stringify({ action, request_id, ...more }));
      return next((frame) => frame.request_id === request_id);
    };
    const subscribe = (binding: string | readonly string[], who = tenant, token = who.token) =>
      ask('subscribe', {
        auth_token: token,
        data: { account_id: who.id, ...(typeof binding === 'string' ? { binding } : { bindings: binding }) },
      });
    const events = () => heard.filter(({ action }) => action === 'event');
    return { socket, ask, subscribe, next, events };
  }

  const leg = (account: string, id = 'call.1') =>
    rest.bus.publish(callEvent, {
      'Event-Name': 'CHANNEL_CREATE',
      'Call-ID': id,
      'Custom-Channel-Vars': { 'Account-ID': account },
    });

  it('answers a ping, and says what is wrong with a frame', async () => {
    const { ask, socket, next } = await page();
    expect(await ask('ping')).to.deep.include({ status: 'success', data: { response: 'pong' } });
    expect((await ask('dance')).status).to.equal('error');
    expect((await ask('subscribe', { auth_token: tenant.token, data: {} })).data['errors']).to.deep.equal([
      'data.account_id must be 32 hexadecimal digits',
    ]);
    socket.send('no JSON');
    await next(({ status, request_id }) => status === 'error' && request_id === undefined);
  });

  it('tells of the calls of the account until it is told to stop, and never of others', async () => {
    const { subscribe, ask, next, events } = await page();
    const { data } = await subscribe('call.CHANNEL_CREATE.*');
    expect(data).to.deep.equal({
      subscribed: ['call.CHANNEL_CREATE.*'],
      subscriptions: ['call.CHANNEL_CREATE.*'],
    });
    await leg(stranger.id);
    await leg(tenant.id);
    const event = await next(({ action }) => action === 'event');
    expect(event).to.include({
      subscribed_key: 'call.CHANNEL_CREATE.*',
      subscription_key: `call.${tenant.id}.CHANNEL_CREATE.*`,
      name: 'CHANNEL_CREATE',
      routing_key: 'call.CHANNEL_CREATE.call%2E1',
    });
    expect(event.data).to.deep.include({ call_id: 'call.1', custom_channel_vars: { account_id: tenant.id } });
    const gone = await ask('unsubscribe', {
      auth_token: tenant.token,
      data: { account_id: tenant.id, binding: 'call.CHANNEL_CREATE.*' },
    });
    expect(gone.data).to.deep.equal({ unsubscribed: ['call.CHANNEL_CREATE.*'], subscriptions: [] });
    await leg(tenant.id);
    await rest.bus.settled();
    await ask('ping');
    expect(events()).to.have.length(1);
  });

  it('gives a token the rights that it has over REST', async () => {
    const { subscribe } = await page();
    const outcome = async (who: Tenant, token: string) => (await subscribe('call.*.*', who, token)).status;
    expect(await outcome(tenant, stranger.token)).to.equal('error');
    // Monster UI logs in again when it reads this.
    const forged = await subscribe('call.*.*', tenant, 'forged');
    expect(forged.status).to.equal('error');
    expect(forged.data['errors']).to.deep.equal(['failed to authenticate token']);
    expect(await outcome(tenant, rest.master.token)).to.equal('success');
    await rest.send(
      'PUT',
      `accounts/${tenant.id}/users`,
      { first_name: 'U', last_name: 'V', username: 'u', password: 'pw' },
      { token: tenant.token },
    );
    const user = String((await rest.login('u', 'pw', 'acme')).body.auth_token);
    expect(await outcome(tenant, user)).to.equal('success');
    const missing = await subscribe('call.*.*', { ...tenant, id: 'f'.repeat(32) });
    const foreign = await subscribe('call.*.*', { ...stranger, token: tenant.token });
    // What is not yours is as good as not there.
    expect(missing.data).to.deep.equal(foreign.data);
  });

  it('knows conferences, documents and lamps, each of the account alone', async () => {
    const { subscribe, next, events, ask } = await page();
    await rest.store
      .database(accountDatabase(tenant.id))
      .save({ _id: 'room', pvt_type: 'conference' } as StoredDocument);
    await rest.store
      .database(accountDatabase(stranger.id))
      .save({ _id: 'theirs', pvt_type: 'conference' } as StoredDocument);
    const wishes = [
      'conference.command.room',
      'conference.event.room.*',
      'conference.event.*.room.*',
      'object.doc_edited.user',
      'presence.mwi_updates.1001',
    ];
    expect((await subscribe(wishes)).data['subscribed']).to.deep.equal(wishes);
    expect((await subscribe('conference.command.theirs')).status).to.equal('error');
    expect((await subscribe('conference.command.*')).status).to.equal('error');
    expect((await subscribe('no.such.binding')).status).to.equal('error');
    const happens = async (who: Tenant, room: string) => {
      await rest.bus.publish(lock, { 'Application-Name': 'lock', 'Conference-ID': room });
      await rest.bus.publish(conferenceEvent, {
        'Conference-ID': 'room',
        Event: 'add-member',
        'Instance-ID': 'i',
        'Account-ID': who.id,
        'Call-ID': 'c',
      });
      const Database = encodeURIComponent(accountDatabase(who.id));
      await rest.bus.publish(docEdited, { ID: who.id, Database, Type: 'user' });
      for (const user of ['1001', '1002'])
        await rest.bus.publish(mwiUpdate, {
          To: `${user}@${who.realm}`,
          'Messages-New': 1,
          'Messages-Saved': 0,
        });
    };
    await happens(stranger, 'theirs');
    await happens(tenant, 'room');
    await next(({ subscribed_key }) => subscribed_key === 'presence.mwi_updates.1001');
    await ask('ping');
    expect(
      events()
        .map(({ subscribed_key }) => subscribed_key)
        .sort(),
    ).to.deep.equal([...wishes].sort());
  });

  it('shows the open sockets over REST, those of the account alone', async () => {
    const { subscribe } = await page();
    await subscribe(['call.CHANNEL_ANSWER.*', 'fax.status.*']);
    const { body } = await tenant.send('GET', 'websockets');
    expect(body.data).to.have.length(1);
    const [shown] = body.data;
    expect(shown.bindings).to.deep.equal(['call.CHANNEL_ANSWER.*', 'fax.status.*']);
    expect(shown).to.include({ auth_account_id: tenant.id }).and.not.have.property('auth_token');
    const one = await tenant.send('GET', `websockets/${shown.websocket_session_id}`);
    expect(one.body.data).to.deep.equal(shown);
    expect((await stranger.send('GET', 'websockets')).body.data).to.deep.equal([]);
    expect((await stranger.send('GET', `websockets/${shown.websocket_session_id}`)).status).to.equal(404);
    expect((await rest.send('GET', 'websockets')).body.data.call).to.include('call.CHANNEL_CREATE.{CALL_ID}');
  });

  it('has limits: bindings of a socket, sockets of an address and of an account, the size of a frame', async () => {
    for (const [name, value] of Object.entries({
      max_bindings_per_socket: 2,
      max_connections_per_ip: 2,
      max_connections_per_account: 1,
    }))
      await rest.context.systemConfig.set('blackhole', name, value);
    const small = await another();
    const first = await page(small.port);
    expect((await first.subscribe(['call.CHANNEL_CREATE.1', 'call.CHANNEL_CREATE.2'])).status).to.equal(
      'success',
    );
    expect((await first.subscribe('call.CHANNEL_CREATE.3')).data['errors']).to.deep.equal([
      'a socket may have 2 bindings',
    ]);
    const second = await page(small.port);
    expect((await second.subscribe('call.*.*')).data['errors']).to.deep.equal([
      'the account has too many sockets',
    ]);
    const third = await page(small.port);
    expect((await once(third.socket, 'close'))[0]).to.equal(4429);
    second.socket.send('x'.repeat(70_000));
    expect((await once(second.socket, 'close'))[0]).to.equal(1009);
    const ended = once(first.socket, 'close');
    await others.pop()?.stop();
    await ended;
  });

  it('cuts off a reader that falls behind', async () => {
    await rest.context.systemConfig.set('blackhole', 'max_buffered_bytes', 100_000);
    const impatient = await another();
    const { subscribe, socket } = await page(impatient.port);
    await subscribe('call.CHANNEL_CREATE.*');
    socket.pause();
    const isCutOff = () => impatient.info?.()['sockets'] === 0;
    for (let n = 0; n < 400 && !isCutOff(); n++) {
      await rest.bus.publish(callEvent, {
        'Event-Name': 'CHANNEL_CREATE',
        'Call-ID': 'c',
        'Caller-ID-Name': 'x'.repeat(100_000),
        'Custom-Channel-Vars': { 'Account-ID': tenant.id },
      });
      await rest.bus.settled();
    }
    expect(isCutOff()).to.equal(true);
    socket.resume();
  });

  it('closes a socket whose token is good no more, at the next heartbeat', async () => {
    await rest.context.systemConfig.set('blackhole', 'heartbeat_ms', 500);
    const quick = await another();
    const { body } = await rest.login('u', 'pw', 'acme');
    const token = String(body.auth_token);
    const { subscribe, socket } = await page(quick.port);
    expect((await subscribe('call.CHANNEL_CREATE.*', tenant, token)).status).to.equal('success');
    const closed = once(socket, 'close');
    await rest.send('DELETE', 'token_auth', undefined, { token });
    expect((await closed)[0]).to.equal(4401);
  });
});
