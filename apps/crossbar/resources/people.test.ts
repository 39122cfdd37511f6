// What writing people and phones leads to, and what is done for them: cards, photos, mails, registrations, presence.
import { expect } from 'chai';
import { tenants } from '../testing/tenants.ts';

describe('people and phones', () => {
  const { rest, tenant, other } = tenants();
  const person = { first_name: 'Bob', last_name: 'Jones' };
  const create = async (path: string, data: object): Promise<string> => {
    const { status, body, text } = await tenant.send('PUT', path, data);
    expect(status, text).to.equal(201);
    return body.data.id;
  };

  it('writes to new users, unless it is told not to', async () => {
    rest.bus.clear();
    const id = await create('users', { ...person, username: 'bob', password: 'secret-of-bob' });
    expect(rest.bus.named('new_user')).to.have.length(1);
    expect(rest.bus.named('new_user')[0]).to.include({ 'User-ID': id, Password: 'secret-of-bob' });
    await create('users', { ...person, send_email_on_creation: false });
    await tenant.send('PUT', 'users?send_email_on_creation=false', person);
    expect(rest.bus.named('new_user')).to.have.length(1);
    await create('users', { ...person, presence_id: '2001' });
    const clash = await tenant.send('PUT', 'users', { ...person, presence_id: '2001' });
    expect(clash.body.data).to.have.nested.property('presence_id.unique');
  });

  it('shows users as cards with their photo, which they may change themselves', async () => {
    const id = await create('users', {
      ...person,
      email: 'b@acme.test',
      caller_id: { internal: { number: '77' } },
    });
    expect((await tenant.send('GET', `users/${id}/photo`)).status).to.equal(404);
    const raw = Buffer.alloc(30, 1);
    const sent = await tenant.send('POST', `users/${id}/photo`, undefined, {
      raw,
      headers: { 'content-type': 'image/jpeg' },
    });
    expect(sent.status, sent.text).to.equal(200);
    const photo = await tenant.send('GET', `users/${id}/photo`);
    expect([photo.headers.get('content-type'), photo.headers.get('x-content-type-options')]).to.deep.equal([
      'image/jpeg',
      'nosniff',
    ]);
    const card = (await tenant.send('GET', `users/${id}/vcard`)).text.replaceAll('\r\n ', '');
    for (const line of [
      'FN:Bob Jones',
      'EMAIL:b@acme.test',
      'TEL:77',
      `PHOTO;ENCODING=B;TYPE=JPEG:${raw.toString('base64')}`,
    ])
      expect(card).to.include(`${line}\r\n`);
    expect((await other.send('GET', `users/${id}/vcard`)).status).to.equal(404);
    expect((await tenant.send('DELETE', `users/${id}/photo`)).status).to.equal(200);
    expect((await tenant.send('GET', `users/${id}/photo`)).status).to.equal(404);
  });

  it('forgets registrations that are no longer good, and tells phones of changes', async () => {
    const owner = await create('users', person);
    const sip = { username: 'phone7', password: 'secret' };
    const id = await create('devices', { name: 'desk', owner_id: owner, sip, device_type: 'sip_device' });
    const told = async (path: string, data: object) => {
      rest.bus.clear();
      const { status, text } = await tenant.send('PATCH', path, data);
      expect(status, text).to.equal(200);
      return ['notify', 'fs_xml_flush', 'reg_flush'].map((name) => rest.bus.named(name).length);
    };
    expect(await told(`devices/${id}`, { name: 'other' })).to.deep.equal([0, 0, 0]);
    expect(await told(`devices/${id}`, { sip: { password: 'secret2' } })).to.deep.equal([1, 1, 1]);
    expect(rest.bus.named('reg_flush')[0]).to.include({ Realm: 'acme.test', Username: 'phone7' });
    expect(await told(`devices/${id}`, { presence_id: '7' })).to.deep.equal([1, 1, 0]);
    expect(await told(`users/${owner}`, { presence_id: '8' })).to.deep.equal([1, 1, 0]);
    expect(await told(`users/${owner}`, { enabled: false })).to.deep.equal([1, 1, 1]);
    expect(await told(`users/${owner}`, { timezone: 'UTC' })).to.deep.equal([0, 0, 0]);
    const type = await tenant.send('PATCH', `devices/${id}`, { device_type: 'softphone' });
    expect(type.body.data).to.have.nested.property('device_type.invalid');
    const mobile = await tenant.send('PUT', 'devices', { name: 'm', device_type: 'mobile' });
    expect(mobile.body.data).to.have.property('mobile.mdn');
    rest.bus.clear();
    await tenant.send('DELETE', `devices/${id}`);
    expect(rest.bus.named('reg_flush')).to.have.length(1);
  });

  it('keeps the emergency number of accounts, users and devices in E.164', async () => {
    const emergency = (number: string) => ({ caller_id: { emergency: { number, name: 'Acme' } } });
    const device = await create('devices', { name: 'Desk', ...emergency('(415) 555-0100') });
    const user = await create('users', { ...person, ...emergency('4155550101') });
    const numberOf = async (path: string) =>
      (await tenant.send('GET', path)).body.data.caller_id.emergency.number;
    expect(await numberOf(`devices/${device}`)).to.equal('+14155550100');
    expect(await numberOf(`users/${user}`)).to.equal('+14155550101');
    await tenant.send('PATCH', `users/${user}`, emergency('101'));
    expect(await numberOf(`users/${user}`)).to.equal('101');
    await tenant.send('PATCH', '', emergency('4155550102'));
    expect(await numberOf('')).to.equal('+14155550102');
  });

  it('knows a MAC address in whatever form it is written', async () => {
    const device = { name: 'Desk', mac_address: '00-15-65-AA-BB-CC' };
    const { body } = await tenant.send('PUT', 'devices', device);
    expect(body.data.mac_address).to.equal('001565aabbcc');
    for (const mac_address of ['00:15:65:aa:bb:cc', '001565AABBCC', '0015.65aa.bbcc']) {
      const clash = await tenant.send('PUT', 'devices', { ...device, mac_address });
      expect(clash.body.data, mac_address).to.have.nested.property('mac_address.unique');
    }
  });

  it('lets phones follow the realm of the account, also when they name it', async () => {
    const sip = { username: 'follower', password: 'secret-of-follower', realm: tenant.realm.toUpperCase() };
    const { data } = (await tenant.send('PUT', 'devices', { name: 'Desk', sip })).body;
    expect(data.sip).to.not.have.property('realm');
    const own = { sip: { realm: 'elsewhere.test' } };
    expect((await tenant.send('PATCH', `devices/${data.id}`, own)).body.data.sip.realm).to.equal(
      'elsewhere.test',
    );
  });

  it('takes the order to sync for what it is, and keeps no password', async () => {
    const owner_id = await create('users', { ...person, username: 'eve', password: 'opensesame' });
    const sip = { username: 'eve1', password: 'secret-of-eve' };
    const device = await create('devices', { name: 'Desk of Eve', owner_id, sip });
    for (const [path, data] of [
      [`devices/${device}`, { sync: true }],
      [`users/${owner_id}`, { sync: 'true', password: 'another', confirm_password: 'another' }],
    ] as const) {
      rest.bus.clear();
      const { status, body, text } = await tenant.send('PATCH', path, data);
      expect(status, text).to.equal(200);
      expect(body.data).to.not.have.any.keys('sync', 'password', 'confirm_password');
      expect(rest.bus.named('notify'), path).to.have.length(1);
      expect(rest.bus.named('notify')[0]).to.include({ Event: 'check-sync', Username: 'eve1' });
    }
    rest.bus.clear();
    await tenant.send('PATCH', `devices/${device}`, { name: 'Desk' });
    expect(rest.bus.named('notify')).to.deep.equal([]);
  });

  it('sends SIP NOTIFY when there is somebody to send it', async () => {
    const id = await create('devices', { name: 'n', sip: { username: 'phone8', password: 'secret' } });
    const event = { event: 'talk', body: { data: 'x', content_type: 'text/plain' } };
    const send = (data: object) => tenant.send('PUT', `devices/${id}`, data);
    expect((await send({ action: 'notify', data: event })).body.message).to.equal('nobody_listens');
    const { notify } = await import('../../../core/messages/switch.ts');
    const heard: object[] = [];
    await rest.bus
      .peer('switch@localhost')
      .consume(
        { bindings: [{ exchange: 'switch', key: 'switch.notify.#' }], contracts: [notify] },
        async ({ message }) => {
          heard.push(message);
        },
      );
    expect((await send({ action: 'notify', data: event })).status).to.equal(201);
    expect((await send({ action: 'notify', ...event })).status).to.equal(201);
    await rest.bus.settled();
    expect(heard).to.have.length(2);
    expect(heard[0]).to.include({
      Event: 'talk',
      Username: 'phone8',
      Body: 'x',
      'Content-Type': 'text/plain',
    });
    expect((await send({ action: 'dance' })).body.data).to.have.nested.property('action.enum');
    expect((await send({ action: 'notify', data: {} })).body.data).to.have.property('event');
  });

  it('keeps metaflows where they are for', async () => {
    const device = await create('devices', { name: 'f', sip: { username: 'phone9', password: 'secret' } });
    const flows = { binding_digit: '#', numbers: { '1': { module: 'hangup', data: {} } } };
    for (const path of ['metaflows', `users/${tenant.userId}/metaflows`, `devices/${device}/metaflows`]) {
      expect((await tenant.send('GET', path)).body.data, path).to.deep.equal({});
      expect((await tenant.send('POST', path, flows)).body.data, path).to.deep.equal(flows);
      expect((await tenant.send('GET', path)).body.data, path).to.deep.equal(flows);
      const wrong = await tenant.send('POST', path, { binding_digit: 'x' });
      expect(wrong.body.data, path).to.have.property('binding_digit');
      expect((await tenant.send('DELETE', path)).status, path).to.equal(200);
      expect((await tenant.send('GET', path)).body.data, path).to.deep.equal({});
    }
    expect((await tenant.send('GET', 'users/nobody/metaflows')).status).to.equal(404);
  });

  it('binds devices and the account to rates, which only those above it set', async () => {
    const limits = { per_minute: { total_packets: 60 }, per_second: { total_packets: 5, invites: 1 } };
    const device = await create('devices', { name: 'r', sip: { username: 'phone10', password: 'secret' } });
    const path = `devices/${device}/rate_limits`;
    expect((await tenant.send('POST', path, limits)).status).to.equal(403);
    const above = { token: rest.master.token };
    const set = await tenant.send('POST', path, limits, above);
    expect(set.body.data, set.text).to.deep.include(limits);
    expect((await tenant.send('POST', path, limits, above)).body.data.id).to.equal(set.body.data.id);
    expect((await tenant.send('GET', path)).body.data).to.deep.include(limits);
    const whole = await tenant.send('POST', 'rate_limits', limits, above);
    expect(whole.body.data).to.have.property('account');
    await tenant.send('DELETE', path, undefined, above);
    expect((await tenant.send('GET', path)).body.data).to.deep.equal({});
  });

  it('is searched by name and number, within what is the caller’s', async () => {
    await create('users', { first_name: 'Zebedee', last_name: 'Quux' });
    await create('callflows', { name: 'Zebra', numbers: ['9876'], flow: { module: 'x', data: {} } });
    const found = async (path: string, who = tenant) => (await who.send('GET', path)).body.data;
    expect(await found('search?t=user&q=name&v=zebe')).to.have.length(1);
    expect(await found('search?t=user&q=name&v=zebe', other)).to.deep.equal([]);
    expect(await found('search?t=callflow&q=name_and_number&v=98')).to.have.length(1);
    expect(await found('search?t=callflow&q=number&v=76')).to.deep.equal([]);
    const multi = await found('search/multi?t=callflow&by_name=zeb&by_number=9876');
    expect([multi.name, multi.number].map((rows) => rows.length)).to.deep.equal([1, 1]);
    const up = await rest.send('GET', 'search?t=account&q=name&v=ac', undefined, {
      token: rest.master.token,
    });
    expect(up.body.data.map(({ name }: { name: string }) => name)).to.deep.equal(['acme']);
    expect((await tenant.send('GET', 'search?t=account&q=name&v=ac')).body.data).to.deep.equal([]);
    for (const [query, field] of [
      ['q=name&v=x', 't'],
      ['t=user&v=x', 'q'],
      ['t=user&q=name', 'v'],
      ['t=user&q=realm&v=x', 'q'],
      ['t=menu&q=name&v=x', 't'],
    ] as const)
      expect(await found(`search?${query}`), query).to.have.property(field);
  });

  it('lists who can be dialled, parked calls, and the callflows of a user', async () => {
    const hidden = await create('users', { ...person, contact_list: { exclude: true } });
    const flow = { module: 'user', data: {} };
    await create('callflows', { numbers: ['3001'], owner_id: tenant.userId, flow });
    await create('callflows', { numbers: ['3002'], owner_id: hidden, flow });
    const contacts = (await tenant.send('GET', 'contact_list')).body.data;
    expect(contacts).to.deep.include({ name: 'Ann Admin', number: '3001' });
    expect(contacts.map(({ number }: { number: string }) => number)).not.to.include('3002');
    const owned = await tenant.send('GET', `users/${tenant.userId}/callflows`);
    expect(owned.body.data.map(({ numbers }: { numbers: string[] }) => numbers)).to.deep.equal([['3001']]);
    expect((await tenant.send('GET', 'parked_calls')).body.data).to.deep.equal({ slots: {} });
    await rest.store.database(tenant.id).save({
      _id: 'parking-slot-101',
      pvt_type: 'parked_call',
      slot: { 'Call-ID': 'c1', 'CID-Name': 'Zoë' },
    });
    expect((await tenant.send('GET', 'parked_calls')).body.data.slots).to.deep.equal({
      '101': { call_id: 'c1', cid_name: 'Zoë' },
    });
  });

  it('sets and resets lamps', async () => {
    const device = await create('devices', { name: 'l', sip: { username: 'lamp1', password: 'secret' } });
    expect((await tenant.send('GET', 'presence/lamp1')).body.data).to.deep.equal({});
    rest.bus.clear();
    const set = await tenant.send('POST', `devices/${device}/presence`, { action: 'set', state: 'early' });
    expect(set.status, set.text).to.equal(200);
    expect(rest.bus.named('update')[0]).to.include({ 'Presence-ID': 'lamp1@acme.test', State: 'early' });
    await tenant.send('POST', 'presence/2001', { action: 'reset' });
    expect(rest.bus.named('reset')[0]).to.include({ Realm: 'acme.test', Username: '2001' });
    const wrong = await tenant.send('POST', 'presence/2001', { action: 'set' });
    expect(wrong.body.data).to.have.nested.property('state.required');
    expect((await tenant.send('POST', 'presence/2001', { action: 'dance' })).status).to.equal(400);
    expect((await tenant.send('POST', 'devices/none/presence', { action: 'reset' })).status).to.equal(404);
  });
});
