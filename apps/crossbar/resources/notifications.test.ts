// notifications: templates of the system and of an account, in JSON, HTML and text; previews, news, and the log of mails.
import { expect } from 'chai';
import type { RunningApp } from '../../../core/app/index.ts';
import { teletype } from '../../teletype/app.ts';
import { mailServer, textOf } from '../../teletype/testing/mail-server.ts';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';

describe('notifications over REST', () => {
  let rest: Rest;
  let tenant: Tenant;
  let below: Tenant;
  let mailer: RunningApp;
  let server: Awaited<ReturnType<typeof mailServer>>;
  before(async () => {
    rest = await startRest();
    tenant = await rest.account('acme');
    below = await rest.account('below', tenant.id);
    await below.send('PATCH', `users/${below.userId}`, { email: 'bob@below.test' });
    server = await mailServer();
  });
  after(async () => {
    await mailer.stop();
    await server.stop();
    await rest.stop();
  });

  const path = 'notifications/voicemail_new';
  const as = (type: string) => ({ headers: { accept: type } });
  const upload = (type: string, raw: string) => ({ headers: { 'content-type': type }, raw });
  const to = { email_addresses: ['me@acme.test'] };

  it('says that there is no mailer, where there is none', async () => {
    const answer = await tenant.send('POST', `${path}/preview`, { to });
    expect([answer.status, answer.body.message]).to.deep.equal([503, 'nobody_listens']);
    const news = await tenant.send('POST', 'notifications/customer_update/message', { message: 'x' });
    expect(news.status).to.equal(503);
    mailer = await teletype.start({ ...rest.context, bus: rest.bus.peer('teletype@localhost') });
  });

  it('shows the templates of the system, and those of an account in their place', async () => {
    const listed = async () => {
      const { body } = await tenant.send('GET', 'notifications');
      return body.data.find(({ id }: { id: string }) => id === 'voicemail_new');
    };
    expect(await listed())
      .to.include({ category: 'voicemail' })
      .and.not.have.property('account_overridden');
    const read = await tenant.send('GET', path);
    expect(read.body.data).to.deep.include({ id: 'voicemail_new', account_overridden: false });
    expect(read.body.data.templates).to.have.keys('text/plain', 'text/html');
    const html = await tenant.send('GET', path, undefined, as('text/html'));
    expect([html.headers.get('content-type'), html.headers.get('content-security-policy')]).to.deep.equal([
      'text/html',
      'sandbox',
    ]);
    const { id: _, templates: __, account_overridden: ___, ...fields } = read.body.data;
    const own = await tenant.send('POST', path, { ...fields, subject: 'ours' });
    expect(own.body.data, own.text).to.include({ subject: 'ours', account_overridden: true });
    const { macros, ...row } = await listed();
    expect(row).to.include({ account_overridden: true });
    expect(macros).to.include.keys('account.name', 'caller_id.number', 'voicemail.length');
    const text = await tenant.send(
      'POST',
      path,
      undefined,
      upload('text/plain', 'Hi {{ caller_id.number }}'),
    );
    expect(text.status, text.text).to.equal(200);
    expect((await tenant.send('GET', path, undefined, as('text/plain'))).text).to.equal(
      'Hi {{ caller_id.number }}',
    );
    // What the account has no body for is the system's.
    expect((await tenant.send('GET', path, undefined, as('text/html'))).text).to.equal(html.text);
    expect((await below.send('GET', path)).body.data).to.include({ account_overridden: false });
    expect((await tenant.send('POST', path, { subject: 'no sender' })).body.data).to.have.nested.property(
      'from.required',
    );
    expect((await tenant.send('GET', 'notifications/none')).status).to.equal(404);
    expect((await tenant.send('DELETE', path)).body.data).to.have.nested.property('_read_only.deleted', true);
    expect((await tenant.send('DELETE', path)).status).to.equal(404);
  });

  it('are made, taken over from the system, and removed all at once', async () => {
    const data = { id: 'low_balance', subject: 'money', from: 'a@b.test', to: { type: 'admins' } };
    expect((await tenant.send('PUT', 'notifications', data)).status).to.equal(201);
    expect((await tenant.send('PUT', 'notifications', data)).status).to.equal(409);
    const all = await tenant.send('PUT', 'notifications', { action: 'force_system' });
    expect(all.body.data, all.text).to.include.members(['low_balance', 'voicemail_new']);
    const taken = await tenant.send('GET', 'notifications/low_balance', undefined, as('text/plain'));
    expect(taken.text).to.include('The balance is');
    expect((await tenant.send('DELETE', 'notifications')).body.data).to.have.nested.property('action.enum');
    const gone = await tenant.send('DELETE', 'notifications?action=remove_customizations');
    expect(gone.body.data).to.include.members(['low_balance', 'voicemail_new']);
    expect((await tenant.send('GET', path)).body.data.account_overridden).to.equal(false);
  });

  it('those of the system are for operators', async () => {
    expect((await rest.send('GET', path, undefined, { token: tenant.token })).status).to.equal(403);
    const { body } = await rest.send('GET', path, undefined, { token: rest.master.token });
    const { id: _, templates: __, ...fields } = body.data;
    const changed = await rest.send(
      'POST',
      path,
      { ...fields, subject: 'all' },
      { token: rest.master.token },
    );
    expect(changed.body.data).to.include({ subject: 'all' });
    expect((await tenant.send('GET', path)).body.data.subject).to.equal('all');
  });

  it('are previewed as they would be sent, and the log of mails tells of it', async () => {
    const unsent = await tenant.send('POST', `${path}/preview`, { to });
    expect([unsent.status, unsent.body.data.message]).to.deep.equal([
      502,
      'no mail server is configured: set teletype.smtp_relay',
    ]);
    await rest.context.systemConfig.set('teletype', 'smtp_relay', '127.0.0.1');
    await rest.context.systemConfig.set('teletype', 'smtp_port', server.port);
    const sent = await tenant.send('POST', `${path}/preview`, {
      to,
      subject: 'Try {{ account.name }}',
      plain: 'of the page',
    });
    expect([sent.status, sent.body.data], sent.text).to.deep.equal([200, { status: 'completed' }]);
    expect(textOf(server.received[0] as never))
      .to.match(/^Subject: Try acme$/m)
      .and.to.include('of the page');
    expect((await tenant.send('POST', `${path}/preview`, {})).body.data).to.have.nested.property(
      'to.required',
    );
    const { body } = await tenant.send('GET', 'notifications/smtplog');
    expect(body.data).to.have.length(2);
    const failed = body.data.find(({ error }: { error?: string }) => error);
    const read = await tenant.send('GET', `notifications/smtplog/${failed.id}`);
    expect(read.body.data)
      .to.include({ template_id: 'voicemail_new' })
      .and.to.have.property('rendered_templates');
    expect((await below.send('GET', `notifications/smtplog/${failed.id}`)).status).to.equal(404);
  });

  it('news go to who looks after the accounts below', async () => {
    server.received.length = 0;
    const news = { message: 'We move on Friday', subject: 'Soon' };
    const sent = await tenant.send('POST', 'notifications/customer_update/message', news);
    expect(sent.body.data).to.deep.equal({ recipients: 1 });
    await rest.bus.settled();
    expect(server.received.map(({ to: who }) => who)).to.deep.equal([['bob@below.test']]);
    expect(textOf(server.received[0] as never)).to.include('We move on Friday');
    const wrong = await tenant.send('POST', 'notifications/customer_update/message', {
      recipient_id: rest.master.id,
    });
    expect(wrong.body.data).to.have.nested.property('recipient_id.not_found');
  });
});
