// teletype: whose template is used, to whom the mail goes, what becomes of one that cannot be sent; and a way back in.
import { expect } from 'chai';
import type { RunningApp } from '../../core/app/index.ts';
import { accountDatabase, monthDatabase, type StoredDocument } from '../../core/couch/index.ts';
import {
  mailedWith,
  notifications,
  portComment,
  portRequestTold,
  portScheduled,
  voicemailFull,
  webhookDisabled,
} from '../../core/messages/notification.ts';
import { md5, type Rest, startRest, type Tenant } from '../crossbar/testing/rest.ts';
import { teletype } from './app.ts';
import { render } from './render.ts';
import { templates } from './templates/index.ts';
import { mailServer, textOf } from './testing/mail-server.ts';

describe('teletype', () => {
  let rest: Rest;
  let tenant: Tenant;
  let app: RunningApp;
  let server: Awaited<ReturnType<typeof mailServer>>;

  before(async () => {
    rest = await startRest();
    server = await mailServer();
    app = await teletype.start({ ...rest.context, bus: rest.bus.peer('teletype@localhost') });
    tenant = await rest.account('acme');
    await tenant.send('PATCH', `users/${tenant.userId}`, { email: 'ann@acme.test' });
    await rest.store.database(accountDatabase(tenant.id)).save({
      _id: 'box',
      pvt_type: 'vmbox',
      name: 'Box of <Ann>',
      owner_id: tenant.userId,
      mailbox: '1',
    } as StoredDocument);
  });
  beforeEach(async () => {
    await configure({ smtp_relay: '127.0.0.1', smtp_port: server.port });
    server.received.length = 0;
    server.state.refuse = '';
  });
  after(async () => {
    await app.stop();
    await server.stop();
    await rest.stop();
  });

  const configure = async (values: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(values))
      await rest.context.systemConfig.set('teletype', name, value);
  };
  const isFull = () =>
    rest.bus.request(
      voicemailFull,
      {
        'Account-ID': tenant.id,
        'Voicemail-Box': 'box',
        'Message-Count': 9,
      },
      { timeout: 10_000 },
    );
  const smtplog = async () =>
    (
      await rest.store
        .database(monthDatabase(tenant.id, new Date()))
        .view('notifications', 'smtp_log', { includeDocs: true })
    ).map(({ doc }) => doc as Record<string, unknown>);
  const own = (more: object, text?: string, account = tenant.id) =>
    rest.store.database(accountDatabase(account)).save({
      _id: 'notification.voicemail_full',
      pvt_type: 'notification',
      subject: 'of our own: {{ account.name }}',
      from: 'us@acme.test',
      to: { type: 'original' },
      ...more,
      ...(text !== undefined && {
        _attachments: { text: { content_type: 'text/plain', data: Buffer.from(text).toString('base64') } },
      }),
    } as StoredDocument);

  it('has a template for every notification, and each can be read', async () => {
    const names = notifications.map(({ names: [name] }) => String(name)).sort();
    expect(templates.map(({ id }) => id).sort()).to.deep.equal([...names, ...Object.keys(mailedWith)].sort());
    for (const { text, subject } of templates) {
      expect(await render(text, { items: [], details: {} }, 'plain')).to.be.a('string');
      expect(await render(subject, {}, 'plain')).to.be.a('string');
    }
  });

  it('mails the owner of a mailbox, in text and HTML, and says that it did', async () => {
    expect((await isFull()).Status).to.equal('completed');
    const [mail] = server.received;
    expect(mail?.to).to.deep.equal(['ann@acme.test']);
    const text = textOf(mail as never);
    expect(text)
      .to.match(/^Subject: Mailbox Box of <Ann> is full$/m)
      .and.to.match(/Content-Type: text\/html/);
    expect(text).to.include('The mailbox Box of <Ann> has 9 messages');
    expect(text).to.include('The mailbox Box of &lt;Ann&gt; has 9 messages');
    const noted = (await smtplog()).find(({ template_id }) => template_id === 'voicemail_full');
    expect(noted).to.include({ receipt: '250 taken' });
  });

  it('takes the template of the account before that of the reseller and that of the system', async () => {
    const document = await own(
      {},
      'Hello {% if user.first_name == "Bob" %}no{% elif user.first_name %}{{ user.first_name }}{% endif %}',
    );
    await isFull();
    expect(textOf(server.received[0] as never))
      .to.match(/^From: us@acme.test$/m)
      .and.to.match(/^Subject: of our own: acme$/m)
      .and.to.match(/^Hello Ann$/m)
      .and.to.include('has 9 messages and');
    await own({ _rev: document._rev, enabled: false });
    expect((await isFull()).Status).to.equal('disabled');
    expect(server.received).to.have.length(1);
    await rest.store
      .database(accountDatabase(tenant.id))
      .remove('notification.voicemail_full', { hard: true });
    await rest.store
      .database('accounts')
      .update(tenant.id, (it) => ({ ...it, pvt_reseller_id: rest.master.id }));
    await own({}, 'of the reseller', rest.master.id);
    await isFull();
    expect(textOf(server.received[1] as never)).to.include('of the reseller');
    await rest.store
      .database(accountDatabase(rest.master.id))
      .remove('notification.voicemail_full', { hard: true });
  });

  it('mails administrators, and whom a template names', async () => {
    await rest.bus.request(
      webhookDisabled,
      { 'Account-ID': tenant.id, 'Hook-ID': 'none' },
      { timeout: 10_000 },
    );
    expect(server.received[0]?.to).to.deep.equal(['ann@acme.test']);
    const rule = { type: 'specified', email_addresses: ['a@b.test', 'no address', 'c@d.test'] };
    await own({ to: rule, bcc: { type: 'specified', email_addresses: ['hidden@b.test'] } }, 'x');
    await isFull();
    expect(server.received[1]?.to).to.deep.equal(['a@b.test', 'c@d.test', 'hidden@b.test']);
    expect(server.received[1]?.data).to.not.include('hidden');
    await rest.store
      .database(accountDatabase(tenant.id))
      .remove('notification.voicemail_full', { hard: true });
  });

  it('tells of a new account who sells to it', async () => {
    const { id, userId } = await rest.reseller('seller');
    const asMaster = { token: rest.master.token };
    await rest.send('PATCH', `accounts/${id}/users/${userId}`, { email: 'sales@seller.test' }, asMaster);
    server.received.length = 0;
    await rest.send('PUT', `accounts/${id}`, { name: 'customer' }, asMaster);
    while (server.received.length === 0) await rest.bus.settled();
    expect(server.received[0]?.to).to.deep.equal(['sales@seller.test']);
    expect(textOf(server.received[0] as never)).to.include('Account: customer');
  });

  it('never claims what did not happen: no server, a refusal, a bad template', async () => {
    await configure({ smtp_relay: '' });
    const outcome = async () => {
      const { Status, 'Failure-Message': why } = await isFull();
      return `${Status}: ${why}`;
    };
    expect(await outcome()).to.match(/^failed: no mail server is configured/);
    const kept = (await smtplog()).find(({ error }) => /no mail server/.test(String(error)));
    expect(kept?.['rendered_templates']).to.have.property('text/plain').that.includes('has 9 messages');
    await configure({ smtp_relay: '127.0.0.1' });
    server.state.refuse = '550 not here';
    expect(await outcome()).to.match(/^failed: the mail server refused the mail.*550/);
    server.state.refuse = '';
    await own({}, '{% if %}{% for');
    expect(await outcome()).to.match(/^failed: the template is wrong/);
    await rest.store
      .database(accountDatabase(tenant.id))
      .remove('notification.voicemail_full', { hard: true });
  });

  it('tries again when the server was away', async () => {
    server.state.refuse = '451 later';
    expect((await isFull()).Status).to.equal('failed');
    server.state.refuse = '';
    await rest.bus.settled();
    expect(server.received.length).to.be.above(0);
  });

  describe('of a port request', () => {
    let port: string;
    const portMail = async (
      contract: typeof portComment | typeof portRequestTold | typeof portScheduled,
      more: object,
    ) => {
      const fields = { 'Account-ID': tenant.id, 'Port-Request-ID': port, ...more };
      const { Status } = await rest.bus.request(contract, fields, { timeout: 10_000 });
      return {
        status: Status,
        mails: server.received.map((mail) => ({ to: mail.to.join(), data: textOf(mail) })),
      };
    };
    const comment = (more: object) => ({
      Comment: { content: 'call <me>', author: 'Someone', timestamp: 63_900_000_000, ...more },
    });
    before(async () => {
      const privileged = { token: rest.master.token };
      const asked = {
        name: 'Head office',
        numbers: { '+14155550199': {} },
        notifications: { email: { send_to: ['port@acme.test'] } },
        scheduled_date: 63_900_000_000,
      };
      const made = await rest.send('PUT', `accounts/${tenant.id}/port_requests`, asked, privileged);
      expect(made.status, made.text).to.equal(201);
      port = made.body.data.id;
      const branding = { domain: 'carrier.test', port: { support_email: 'desk@carrier.test' } };
      await rest.send('PUT', `accounts/${rest.master.id}/whitelabel`, branding, privileged);
    });

    it('goes to who asked for it and to who carries it out, who do not read each other', async () => {
      const { status, mails } = await portMail(
        portComment,
        comment({ account_id: tenant.id, user_id: tenant.userId }),
      );
      expect(status).to.equal('completed');
      expect(mails.map(({ to }) => to)).to.deep.equal(['port@acme.test', 'desk@carrier.test']);
      for (const { data } of mails)
        expect(data)
          .to.include('Subject: New comment for port request Head office')
          .and.to.include('call <me>')
          .and.to.include('call &lt;me&gt;')
          .and.to.include('Numbers: +14155550199')
          .and.to.match(/Ann \w+ wrote at 2024-1/);
      expect(JSON.stringify(await smtplog()))
        .to.include('port@acme.test')
        .and.not.include('desk@carrier');
    });

    it('is seen by nobody else when it is private', async () => {
      const { mails } = await portMail(portComment, comment({ content: 'between us', is_private: true }));
      expect(mails.map(({ to }) => to)).to.deep.equal(['desk@carrier.test']);
      expect(mails[0]?.data).to.include('Someone wrote');
      expect(JSON.stringify(await smtplog())).to.not.include('between us');
    });

    it('goes with its papers when it is submitted, and with the details to who carries it out', async () => {
      const path = `accounts/${tenant.id}/port_requests/${port}`;
      const raw = Buffer.from('%PDF of your bills');
      await rest.send('PUT', `${path}/attachments?filename=bill.pdf`, undefined, {
        token: rest.master.token,
        raw,
        headers: { 'content-type': 'application/pdf' },
      });
      await rest.send('PATCH', path, { bill: { pin: '4711' } }, { token: rest.master.token });
      const { status, mails } = await portMail(portRequestTold, {});
      expect(status).to.equal('completed');
      const desk = 'desk@carrier.test';
      expect(mails.map(({ to }) => to)).to.deep.equal(['port@acme.test', desk, desk]);
      for (const { data } of mails)
        expect(data)
          .to.match(/Content-Type: application\/pdf; name=bill\.pdf/)
          .and.to.include(raw.toString('base64'));
      expect(mails.map(({ data }) => data.includes('PIN: 4711'))).to.deep.equal([false, false, true]);
      expect(JSON.stringify(await smtplog())).to.not.include('4711');
      expect(
        (await portMail(portRequestTold, { Preview: true, To: 'a@b.test' })).mails.slice(3),
      ).to.have.length(1);
    });

    it('says when and why', async () => {
      const Reason = { content: 'as agreed', timestamp: 63_900_000_000 };
      const { mails } = await portMail(portScheduled, { Reason });
      expect(mails.map(({ to }) => to)).to.deep.equal(['port@acme.test']);
      expect(mails[0]?.data)
        .to.include('Head office is scheduled for 2024-11-28 08:00:00 (UTC)')
        .and.to.include('An agent: as agreed');
    });

    it('names no request of another account', async () => {
      const { mails } = await portMail(portScheduled, { 'Account-ID': rest.master.id });
      expect(JSON.stringify(mails)).to.not.include('Head office');
    });
  });

  it('lets who forgot the password back in, end to end', async () => {
    const asked = await rest.send('PUT', 'user_auth/recovery', {
      username: 'admin',
      account_name: 'acme',
      ui_url: 'https://ui.test/',
    });
    expect(asked.status, asked.text).to.equal(201);
    while (server.received.length === 0) await rest.bus.settled();
    const [mail] = server.received;
    expect(mail?.to).to.deep.equal(['ann@acme.test']);
    const [, reset_id = ''] = /https:\/\/ui\.test\/\?recovery=([0-9a-f]+)/.exec(textOf(mail as never)) ?? [];
    expect(JSON.stringify(await smtplog())).to.not.include(reset_id);
    const { body } = await rest.send('POST', 'user_auth/recovery', { reset_id });
    expect(body.data).to.include({ require_password_update: true, account_id: tenant.id });
    const token = String(body.auth_token);
    const password = await rest.send(
      'PATCH',
      `accounts/${tenant.id}/users/${tenant.userId}`,
      { username: 'admin', password: 'another' },
      { token },
    );
    expect(password.status, password.text).to.equal(200);
    const login = await rest.send('PUT', 'user_auth', {
      credentials: md5('admin:another'),
      account_name: 'acme',
    });
    expect(login.status).to.equal(201);
  });
});
