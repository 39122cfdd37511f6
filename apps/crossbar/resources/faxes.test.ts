// Faxes, text messages and traces of pivot: what is stored, what waits, and what nobody is there to do.
import { expect } from 'chai';
import { gregorian, monthDatabase, type StoredDocument } from '../../../core/couch/index.ts';
import { inboundSms, outboundSms } from '../../../core/messages/im.ts';
import { newMonthId } from '../engine/index.ts';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';

const now = new Date();
const pdf = Buffer.from('%PDF-1.4 pages');

/** A body of parts: JSON first, then files. */
function multipart(data: object, ...files: readonly { readonly type: string; readonly body: Buffer }[]) {
  const part = (type: string, name: string, body: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(
        `--cut\r\ncontent-type: ${type}\r\ncontent-disposition: form-data; name="${name}"; filename="${name}"\r\n\r\n`,
      ),
      body,
      Buffer.from('\r\n'),
    ]);
  const raw = Buffer.concat([
    part('application/json', 'json', Buffer.from(JSON.stringify({ data }))),
    ...files.map(({ type, body }, at) => part(type, `file${at}.pdf`, body)),
    Buffer.from('--cut--\r\n'),
  ]);
  return { raw, headers: { 'content-type': 'multipart/mixed; boundary=cut' } };
}

describe('what is kept of messages', () => {
  let rest: Rest;
  let acme: Tenant;
  let other: Tenant;
  before(async () => {
    rest = await startRest();
    acme = await rest.account('acme');
    other = await rest.account('other');
  });
  after(() => rest.stop());

  /** A document of this month, as another app would have written it. */
  async function stored(fields: object): Promise<string> {
    const database = await rest.store.ensure(monthDatabase(acme.id, now), 'modb');
    const document: object = { _id: newMonthId(now), pvt_account_id: acme.id, ...fields };
    return (await database.save(document as StoredDocument))._id;
  }

  describe('faxes', () => {
    const fax = { to_number: '4155550199', from_number: '+14155550100' };
    const document = { url: 'https://docs.test/a.pdf' };

    it('wait to be sent, and say that nobody sends them', async () => {
      const sent = await acme.send('PUT', 'faxes', { ...fax, document });
      expect(sent.status, sent.text).to.equal(201);
      expect(sent.body.data).to.deep.include({
        to_number: '+14155550199',
        status: 'pending',
        attempts: 0,
        retries: 1,
      });
      expect(sent.body.data._read_only.note).to.include('none yet');
      const { id } = sent.body.data;
      const [row] = (await acme.send('GET', 'faxes/outgoing')).body.data;
      expect(row).to.include({ id, status: 'pending', to: '+14155550199', from: '+14155550100' });
      expect((await acme.send('GET', `faxes/outgoing/${id}`)).body.data).to.include({
        id,
        status: 'pending',
      });
      expect((await other.send('GET', 'faxes/outgoing')).body.data).to.deep.equal([]);
      expect((await other.send('GET', `faxes/outgoing/${id}`)).status).to.equal(404);
      const waiting = await rest.store.database('faxes').view('faxes', 'jobs_by_account', { fresh: true });
      expect(waiting.map((one) => one.id)).to.deep.equal([id]);
    });

    it('may be uploaded, with the settings of a fax box', async () => {
      const box = await acme.send('PUT', 'faxboxes', {
        name: 'Office',
        caller_id: '+14155550111',
        caller_name: 'Acme',
        retries: 3,
      });
      expect(box.body.data.smtp_email_address, box.text).to.match(/^[0-9a-f]{8}\./);
      const faxbox_id = box.body.data.id;
      const parts = multipart(
        { to_number: '+14155550198', faxbox_id },
        { type: 'application/pdf', body: pdf },
      );
      const sent = await acme.send('PUT', 'faxes/outgoing', undefined, parts);
      expect(sent.status, sent.text).to.equal(201);
      expect(sent.body.data).to.include({
        from_number: '+14155550111',
        from_name: 'Acme',
        retries: 3,
        status: 'pending',
      });
      const { _attachments = {} } = await rest.store
        .database('faxes')
        .get(sent.body.data.id, { fresh: true });
      expect(Object.values(_attachments)[0]).to.include({
        content_type: 'application/pdf',
        length: pdf.length,
      });
      const strange = await other.send('PUT', 'faxes', { ...fax, document, faxbox_id });
      expect(strange.body.data).to.have.nested.property('faxbox_id.not_found');
    });

    it('names what is wrong with one', async () => {
      for (const [data, code] of [
        [{ ...fax }, 'document\\.url.required'],
        [{ ...fax, document: {} }, 'document\\.url.required'],
        [{ ...fax, document: { url: 'ftp://x' } }, 'document\\.url.pattern'],
        [{ ...fax, document: { ...document, method: 'put' } }, 'document\\.method.enum'],
        [{ document, from_number: '1' }, 'to_number.required'],
        [{ document, to_number: fax.to_number }, 'from_number.required'],
        [{ ...fax, document, to_number: 'home' }, 'to_number.wrong_format'],
        [{ ...fax, document, retries: 9 }, 'retries.maximum'],
        [{ ...fax, document, notifications: 'x' }, 'notifications.type'],
      ] as const) {
        const { status, body } = await acme.send('PUT', 'faxes', data);
        expect([status, body.data], code).to.have.nested.property(`1.${code}`);
      }
      const two = { type: 'application/pdf', body: pdf };
      expect(
        (await acme.send('PUT', 'faxes', undefined, multipart(fax, two, two))).body.data,
      ).to.have.nested.property('file.maxItems');
      const wrong = multipart(fax, { type: 'audio/mpeg', body: pdf });
      expect((await acme.send('PUT', 'faxes', undefined, wrong)).status).to.equal(415);
    });

    it('that were sent or received stand in folders, with their pages', async () => {
      const base = { ...fax, pvt_type: 'fax', pvt_job_status: 'completed', owner_id: acme.userId };
      const inbox = await stored({ ...base, folder: 'inbox', rx_result: { success: true } });
      const outbox = await stored({ ...base, folder: 'outbox', tx_result: { success: false }, attempts: 2 });
      await rest.store.database(monthDatabase(acme.id, now)).attach(inbox, 'fax.pdf', pdf, 'application/pdf');
      for (const [path, id] of [
        ['faxes/inbox', inbox],
        ['faxes/incoming', inbox],
        ['faxes/outbox', outbox],
        [`users/${acme.userId}/faxes/inbox`, inbox],
        [`users/${acme.userId}/faxes/outbox`, outbox],
      ] as const) {
        const { body, text } = await acme.send('GET', path);
        expect(
          body.data.map((row: { id: string }) => row.id),
          `${path} ${text}`,
        ).to.deep.equal([id]);
        expect(body.data[0]).to.include({ status: 'completed', to_number: fax.to_number });
      }
      expect((await acme.send('GET', `faxes/outbox/${inbox}`)).status).to.equal(404);
      expect((await acme.send('GET', `faxes/inbox/${inbox}`)).body.data).to.include({
        id: inbox,
        folder: 'inbox',
      });
      const pages = await acme.send('GET', `faxes/inbox/${inbox}/attachment`);
      expect([pages.text, pages.headers.get('content-type')]).to.deep.equal([
        pdf.toString(),
        'application/pdf',
      ]);
      expect((await acme.send('GET', `faxes/outbox/${outbox}/attachment`)).status).to.equal(404);

      const again = await acme.send('PUT', `faxes/inbox/${inbox}`, {
        action: 'forward',
        to_number: '+14155550177',
      });
      expect(again.status, again.text).to.equal(201);
      expect(again.body.data).to.include({ to_number: '+14155550177', status: 'pending', attempts: 0 });
      expect(again.body.data).not.to.have.any.keys('rx_result', 'folder', 'action');
      const { _attachments = {} } = await rest.store
        .database('faxes')
        .get(again.body.data.id, { fresh: true });
      expect(Object.keys(_attachments)).to.deep.equal(['fax.pdf']);
      const wrong = await acme.send('PUT', `faxes/inbox/${inbox}`, { action: 'resubmit' });
      expect(wrong.body.data).to.have.nested.property('action.enum');
      expect((await acme.send('PUT', `faxes/outbox/${outbox}`, {})).body.data).to.have.nested.property(
        'action.required',
      );
      // Without pages there is nothing to send again.
      const empty = await acme.send('PUT', `faxes/outbox/${outbox}`, { action: 'resubmit' });
      expect(empty.body.data).to.have.nested.property('document\\.url.required');

      expect((await acme.send('DELETE', `faxes/inbox/${inbox}/attachment`)).status).to.equal(200);
      expect((await acme.send('GET', `faxes/inbox/${inbox}/attachment`)).status).to.equal(404);
      expect((await acme.send('DELETE', `faxes/inbox/${inbox}`)).body.data).to.have.nested.property(
        '_read_only.deleted',
      );
      expect((await acme.send('GET', 'faxes/inbox')).body.data).to.deep.equal([]);
      expect((await other.send('GET', `faxes/outbox/${outbox}`)).status).to.equal(404);
    });

    it('that came by mail are logged', async () => {
      const id = await stored({
        pvt_type: 'fax_smtp_log',
        from: 'a@b.test',
        to: '1@fax.test',
        error: 'unknown',
      });
      expect((await acme.send('GET', 'faxes/smtplog')).body.data[0]).to.include({ id, error: 'unknown' });
      expect((await acme.send('GET', `faxes/smtplog/${id}`)).body.data).to.include({ from: 'a@b.test' });
      expect((await acme.send('GET', 'faxes/smtplog/none')).status).to.equal(404);
    });

    it('have boxes whose address no other account takes', async () => {
      const address = { name: 'One', custom_smtp_email_address: 'Fax@Acme.test' };
      const { id } = (await acme.send('PUT', 'faxboxes', address)).body.data;
      const copy = await rest.store.database('faxes').get(id, { fresh: true });
      expect(copy).to.include({ pvt_account_id: acme.id, custom_smtp_email_address: 'fax@acme.test' });
      const taken = await other.send('PUT', 'faxboxes', {
        ...address,
        custom_smtp_email_address: 'FAX@acme.test',
      });
      expect(taken.body.data, taken.text).to.have.nested.property('custom_smtp_email_address.unique');
      const { data } = (await acme.send('GET', `faxboxes/${id}`)).body;
      const listed = (await acme.send('GET', 'faxboxes')).body.data;
      expect(listed.find((row: { id: string }) => row.id === id)).to.deep.equal(data);
      const kept = await acme.send('POST', `faxboxes/${id}`, {
        ...data,
        smtp_email_address: 'evil',
        name: 'Two',
      });
      expect(kept.body.data).to.include({ name: 'Two', smtp_email_address: data.smtp_email_address });
      await acme.send('DELETE', `faxboxes/${id}`);
      expect((await other.send('PUT', 'faxboxes', address)).status).to.equal(201);
    });
  });

  describe('text messages', () => {
    it('are listed, by user and by device too, read and deleted', async () => {
      const device = (
        await acme.send('PUT', 'devices', { name: 'd', sip: { username: 'd1', password: 'secret' } })
      ).body.data.id;
      const text = {
        pvt_type: 'sms',
        from: '1001',
        to: '1002',
        body: 'Hello',
        direction: 'inbound',
        pvt_created: gregorian(now),
      };
      const id = await stored({ ...text, pvt_owner_id: acme.userId, pvt_target_device_id: device });
      for (const path of ['sms', `users/${acme.userId}/sms`, `devices/${device}/sms`]) {
        const [row] = (await acme.send('GET', path)).body.data;
        expect(row, path).to.include({ id, from: '1001', body: 'Hello' });
        expect(new Date(row.date).getTime(), path).to.equal(Math.floor(now.getTime() / 1000) * 1000);
      }
      expect((await acme.send('GET', `sms/${id}`)).body.data).to.include({ id, to: '1002' });
      expect((await other.send('GET', `sms/${id}`)).status).to.equal(404);
      expect((await acme.send('DELETE', `sms/${id}`)).status).to.equal(200);
      expect((await acme.send('GET', 'sms')).body.data).to.deep.equal([]);
    });

    it('are not sent while nobody delivers them', async () => {
      const { status, body } = await acme.send('PUT', 'sms', { from: '1001', to: '1002', body: 'Hello' });
      expect([status, body.message]).to.deep.equal([503, 'nobody_listens']);
    });

    it('go to who delivers them, inside or outside', async () => {
      const heard: { readonly [key: string]: unknown }[] = [];
      const bindings = [
        { exchange: 'im' as const, key: 'sms.inbound.onnet.#' },
        { exchange: 'im' as const, key: 'sms.outbound.#' },
      ];
      await rest.bus
        .peer('textflow@localhost')
        .consume({ bindings, contracts: [inboundSms, outboundSms] }, async ({ message }) => {
          heard.push(message as object as { [key: string]: unknown });
        });
      const inside = await acme.send('PUT', 'sms', { from: '1001', to: '1002', body: 'In' });
      expect([inside.status, inside.body.data.to], inside.text).to.deep.equal([201, '1002']);
      const bob = { first_name: 'Bob', last_name: 'B', caller_id: { internal: { number: '1003' } } };
      const { id } = (await acme.send('PUT', 'users', bob)).body.data;
      const ofBob = await acme.send('PUT', `users/${id}/sms`, { to: '1002', body: 'In' });
      expect(ofBob.body.data, ofBob.text).to.include({ from: '1003' });
      expect(ofBob.body.data.custom_vars).to.include({ authorizing_type: 'user', owner_id: id });
      expect(heard.pop()).to.deep.include({ From: '1003' });
      expect((await acme.send('PUT', 'users/nobody/sms', { to: '1002', body: 'In' })).status).to.equal(404);
      await acme.send('PATCH', '', { caller_id: { external: { number: '+14155550100' } } });
      const send = () => acme.send('PUT', 'sms', { to: '4155550101', body: 'Out' });
      const numbers = rest.store.database('numbers/+1415');
      const from = { _id: '+14155550100', pvt_type: 'number', pvt_state: 'in_service' };
      expect((await send()).body.data).to.have.nested.property('from.forbidden');
      await rest.store.ensure(numbers.name, 'numbers');
      await numbers.save({ ...from, pvt_assigned_to: other.id, sms: { enabled: true } });
      expect((await send()).body.data).to.have.nested.property('from.forbidden');
      await numbers.update(from._id, (it) => ({ ...it, pvt_assigned_to: acme.id, sms: { enabled: false } }));
      expect((await send()).body.data).to.have.nested.property('from.forbidden');
      await numbers.update(from._id, (it) => ({ ...it, sms: { enabled: true } }));
      const outside = await send();
      expect(outside.body.data, outside.text).to.include({
        message_id: outside.body.request_id,
        from: '+14155550100',
        to: '+14155550101',
        route_type: 'offnet',
      });
      expect(outside.body.data.custom_vars).to.include({ account_id: acme.id, reseller_id: rest.master.id });
      await rest.bus.settled();
      expect(heard.map((one) => [one['Event-Name'], one['To'], one['Route-Type']])).to.deep.equal([
        ['inbound', '1002', 'onnet'],
        ['outbound', '+14155550101', 'offnet'],
      ]);
      for (const [data, code] of [
        [{ to: '1' }, 'body.required'],
        [{ body: 'x' }, 'to.required'],
        [{ to: '1', body: '' }, 'body.minLength'],
        [{ to: '1', body: 'x'.repeat(701) }, 'body.maxLength'],
        [{ to: '1002', body: 'x' }, 'from.required'],
      ] as const)
        expect((await acme.send('PUT', 'sms', data)).body.data, code).to.have.nested.property(code);
    });
  });

  describe('traces of pivot', () => {
    it('are listed by call and read in their order', async () => {
      const trace = {
        pvt_type: 'pivot_debug',
        call_id: 'call-1',
        uri: 'http://app.test',
        pvt_node: 'pivot@a',
      };
      await stored({ ...trace, iteration: 1, status_code: 200, pvt_created: gregorian(now) });
      await stored({ ...trace, iteration: 2, pvt_created: gregorian(now) + 1 });
      const { data } = (await acme.send('GET', 'pivot/debug')).body;
      expect(data).to.have.length(1);
      expect(data[0]).to.include({ call_id: 'call-1', node: 'pivot@a', status_code: 200 });
      const read = await acme.send('GET', `pivot/debug/${data[0].debug_id}`);
      expect(
        read.body.data.map((one: { iteration: number }) => one.iteration),
        read.text,
      ).to.deep.equal([1, 2]);
      expect(JSON.stringify(read.body.data)).not.to.include('pvt_');
      expect((await other.send('GET', `pivot/debug/${data[0].debug_id}`)).status).to.equal(404);
      expect((await acme.send('GET', 'pivot/debug/none')).status).to.equal(404);
    });
  });
});
