// tasks over REST: help, orders in every form, what is refused, the way from pending to done, files, other tenants.
import { expect } from 'chai';
import type { Answer } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

describe('tasks', () => {
  const { rest, tenant, other } = tenants();
  before(async () => {
    await rest.account('below', tenant.id);
    await rest.account('under', tenant.id);
  });

  const outcome = ({ status, body }: Answer): unknown[] => [status, body?.message];
  const order = (query = 'category=accounts&action=descendants', data: unknown = {}, options = {}) =>
    tenant.send('PUT', `tasks?${query}`, data, options);
  const idOf = ({ body }: Answer): string => body.data._read_only.id;

  /** Reads the task until it is over. */
  async function ended(id: string): Promise<Record<string, unknown>> {
    for (;;) {
      const { body } = await tenant.send('GET', `tasks/${id}`);
      if (body.data._read_only.end_timestamp !== undefined) return body.data._read_only;
    }
  }

  it('say what they can do, to everybody', async () => {
    const all = (await rest.send('GET', 'tasks')).body.data.tasks;
    expect(Object.keys(all)).to.include.members(['accounts', 'services', 'registrations']);
    const one = await rest.send('GET', 'tasks?category=accounts&action=descendants');
    expect(one.body.data.tasks).to.have.nested.property('accounts.descendants.description');
    expect(Object.keys(one.body.data.tasks)).to.deep.equal(['accounts']);
    expect(outcome(await rest.send('GET', 'tasks?category=nothing'))).to.deep.equal([404, 'bad_identifier']);
    expect(outcome(await rest.send('GET', 'tasks?category=__proto__'))).to.deep.equal([
      404,
      'bad_identifier',
    ]);
  });

  it('are ordered, started, done, read and removed', async () => {
    const made = await order('category=accounts&action=descendants&file_name=mine.csv');
    expect(made.status, made.text).to.equal(201);
    const id = idOf(made);
    expect(made.body.data._read_only).to.include({
      account_id: tenant.id,
      auth_account_id: tenant.id,
      category: 'accounts',
      action: 'descendants',
      file_name: 'mine.csv',
      status: 'pending',
    });
    expect(outcome(await tenant.send('GET', `tasks/${id}/output`))).to.deep.equal([404, 'not_found']);
    expect(outcome(await tenant.send('PATCH', `tasks/${id}/stop`))).to.deep.equal([404, 'bad_identifier']);
    const started = await tenant.send('PATCH', `tasks/${id}`);
    expect(started.body.data._read_only, started.text).to.include({ status: 'executing' });
    const done = await ended(id);
    expect(done).to.include({ status: 'success', total_count: 2, success_count: 2, failure_count: 0 });
    expect(done['csvs']).to.deep.equal(['out.csv']);
    const output = await tenant.send('GET', `tasks/${id}/output`);
    expect(output.headers.get('content-type')).to.equal('text/csv');
    expect(output.headers.get('content-disposition')).to.include(`accounts_descendants_${id}_out.csv`);
    const [head, first] = output.text.split('\r\n');
    expect(head).to.equal('account_id,account_name,realm,parent_id,depth');
    expect(first).to.match(new RegExp(`^[0-9a-f]{32},below,below.test,${tenant.id},2$`));
    expect((await tenant.send('GET', `tasks/${id}?accept=csv`)).text).to.equal(output.text);
    const listed = (await tenant.send('GET', 'tasks')).body.data.find((row: { id: string }) => row.id === id);
    expect(listed).to.include({ status: 'success', success_count: 2 });
    expect(listed.csvs).to.deep.equal(['out.csv']);
    expect(outcome(await tenant.send('PATCH', `tasks/${id}`))).to.deep.equal([404, 'bad_identifier']);
    expect((await tenant.send('DELETE', `tasks/${id}`)).status).to.equal(200);
    expect(outcome(await tenant.send('GET', `tasks/${id}`))).to.deep.equal([404, 'bad_identifier']);
  });

  it('may be stopped while they run, and then go on', async () => {
    await rest.context.systemConfig.set('crossbar', 'tasks.rows_per_second', 1);
    const id = idOf(await order());
    await tenant.send('PATCH', `tasks/${id}`);
    expect(outcome(await tenant.send('DELETE', `tasks/${id}`))).to.deep.equal([404, 'bad_identifier']);
    const stopped = await tenant.send('PATCH', `tasks/${id}/stop`);
    expect(stopped.body.data._read_only, stopped.text).to.include({ status: 'stopped' });
    await rest.context.systemConfig.set('crossbar', 'tasks.rows_per_second', 1000);
    await tenant.send('PATCH', `tasks/${id}`);
    expect(await ended(id)).to.include({ status: 'success', total_count: 2 });
  });

  it('of an unknown kind, or with what they do not take, are refused', async () => {
    for (const query of ['category=accounts&action=nothing', 'category=nothing&action=list', ''])
      expect(outcome(await order(query)), query).to.deep.equal([404, 'bad_identifier']);
    const records = await order(undefined, { records: [{ a: 1 }] });
    expect(outcome(records)).to.deep.equal([400, 'bad request']);
    expect(records.body.data).to.include({ expected_content: 'none' });
    for (const [field, value] of [
      ['file_name', 5],
      ['file_name', 'x'.repeat(257)],
      ['records', 'none'],
      ['records', [5]],
    ] as const) {
      const { status, body } = await order(undefined, { [field]: value });
      expect([status, Object.keys(body.data)[0]?.split('.')[0]], field).to.deep.equal([400, field]);
    }
    const type = { headers: { 'content-type': 'image/png' }, raw: 'x' };
    expect((await order(undefined, undefined, type)).status).to.equal(415);
  });

  describe('about numbers', () => {
    const one = '+14155550100';
    const two = '+14155550101';

    /** Runs a task over a file, and gives what it says and writes. */
    async function run(action: string, csv: string, token = rest.master.token) {
      const query = `category=number_management&action=${action}`;
      const options = { token, raw: csv, headers: { 'content-type': 'text/csv' } };
      const made = await tenant.send('PUT', `tasks?${query}`, undefined, options);
      expect(made.status, made.text).to.equal(201);
      return finish(idOf(made));
    }

    async function finish(id: string) {
      await tenant.send('PATCH', `tasks/${id}`);
      const task = await ended(id);
      return { task, id, text: (await tenant.send('GET', `tasks/${id}/output`)).text };
    }

    it('import them, with the error of each row', async () => {
      const csv = `e164,ringback.early,prepend.enabled,opaque.floor.nr\r\n${one},beep,true,3\n+1415,x,,\n${two},,,\n`;
      const { task, text, id } = await run('import', csv);
      expect(task, text).to.include({
        status: 'partial',
        total_count: 3,
        success_count: 2,
        failure_count: 1,
      });
      const [head = '', first = '', second = ''] = text.split('\r\n');
      expect(head.split(',').slice(0, 4)).to.deep.equal([
        'e164',
        'ringback.early',
        'prepend.enabled',
        'opaque.floor.nr',
      ]);
      expect(head).to.match(/,error$/);
      expect(first).to.include(`${one},beep,true,3,acme,${tenant.id}`).and.include(',in_service,');
      expect(second).to.match(/^\+1415,x,.*not a number: \+1415$/);
      const number = (await tenant.send('GET', `phone_numbers/${encodeURIComponent(one)}`)).body.data;
      expect(number).to.deep.include({ ringback: { early: 'beep' }, floor: { nr: '3' } });
      expect((await tenant.send('GET', `tasks/${id}/input`)).text).to.equal(csv);
      const again = await run('import', `e164\n${one}\n`);
      expect(again.task).to.include({ status: 'failure' });
      expect(again.text).to.include('already exists');
    });

    it('take records and base64 as well', async () => {
      const query = 'tasks?category=number_management&action=find';
      const records = await tenant.send('PUT', query, { records: [{ e164: one }, { e164: '=1+1' }] });
      expect(records.body.data._read_only, records.text).to.include({ total_count: 2 });
      const input = (await tenant.send('GET', `tasks/${idOf(records)}/input`)).text;
      expect(input).to.equal(`e164\r\n${one}\r\n=1+1\r\n`);
      const raw = Buffer.from(`e164\n${one}\n`).toString('base64');
      const encoded = await tenant.send('PUT', query, undefined, {
        raw,
        headers: { 'content-type': 'application/base64' },
      });
      const { text } = await finish(idOf(encoded));
      expect(text).to.include('acme');
    });

    it('list, change, move and remove them', async () => {
      const listed = await tenant.send('PUT', 'tasks?category=number_management&action=list', {});
      expect((await finish(idOf(listed))).text.trim().split('\r\n')).to.have.length(3);
      await run('update_merge', `e164,prepend.name\n${one},Shop\n`);
      const path = `phone_numbers/${encodeURIComponent(one)}`;
      expect((await tenant.send('GET', path)).body.data).to.deep.include({
        ringback: { early: 'beep' },
      });
      await run('update_overwrite', `e164,prepend.name\n${one},Shop\n`);
      expect((await tenant.send('GET', path)).body.data).to.not.have.property('ringback');
      const moved = await run('assign_to', `e164,account_id\n${one},${other.id}\n`);
      expect(moved.text).to.include(`${other.id},other,${tenant.id},in_service,`);
      // The account does not reach the other one.
      const refused = await run('release', `e164\n${one}\n`, tenant.token);
      expect(refused.text).to.include('not found');
      const removed = await run('delete', `e164\n${one}\n`);
      expect(removed.text).to.include(',deleted,');
      const released = await run('release', `e164\n${two}\n`);
      expect(released.text).to.include(',deleted,');
    });

    it('refuse what is no file for them', async () => {
      const put = (action: string, raw: string, token = tenant.token) =>
        tenant.send('PUT', `tasks?category=number_management&action=${action}`, undefined, {
          token,
          raw,
          headers: { 'content-type': 'text/csv' },
        });
      for (const raw of ['e164\n', 'e164\n"+1\n', 'e164,x\n1\n', `e164\n${'1'.repeat(140_000)}\n`]) {
        const { body, status } = await put('find', raw);
        expect([status, Object.keys(body.data)], raw.slice(0, 20)).to.deep.equal([400, ['csv']]);
      }
      const fields = await put('find', 'number\n+1\n');
      expect(fields.body.data).to.deep.include({ missing_mandatory_fields: ['e164'] });
      const values = await put('find', 'e164,x\n,1\n+14155550100,2\n');
      expect(values.body.data).to.deep.include({ missing_mandatory_values: [1] });
      expect(outcome(await put('delete', 'e164\n+14155550100\n'))).to.deep.equal([403, 'forbidden']);
      expect(
        outcome(await tenant.send('PUT', 'tasks?category=number_management&action=find', {})),
      ).to.deep.equal([400, 'bad request']);
    });
  });

  it('of another account are as good as none', async () => {
    const id = idOf(await order());
    for (const [verb, path] of [
      ['GET', id],
      ['PATCH', id],
      ['DELETE', id],
      ['PATCH', `${id}/stop`],
      ['GET', `${id}/input`],
      ['GET', `${id}/output`],
    ] as const) {
      expect(outcome(await other.send(verb, `tasks/${path}`)), `${verb} ${path}`).to.deep.equal([
        404,
        'bad_identifier',
      ]);
      const { token } = rest.master;
      expect((await rest.send(verb, `tasks/${path}`, undefined, { token })).status).to.equal(404);
      expect((await rest.send(verb, `tasks/${path}`, undefined, { token: tenant.token })).status).to.equal(
        403,
      );
    }
    expect((await other.send('GET', 'tasks')).body.data).to.deep.equal([]);
  });

  it('of the master stand at the top', async () => {
    const { token } = rest.master;
    const made = await rest.send('PUT', 'tasks?category=accounts&action=descendants', {}, { token });
    expect(made.status, made.text).to.equal(201);
    expect((await rest.send('GET', `tasks/${idOf(made)}`, undefined, { token })).status).to.equal(200);
    const refused = await rest.send(
      'PUT',
      'tasks?category=accounts&action=descendants',
      {},
      { token: tenant.token },
    );
    expect(refused.status).to.equal(403);
  });
});
