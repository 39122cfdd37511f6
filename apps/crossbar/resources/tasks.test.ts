// tasks over REST: help, orders in every form, what is refused, the way from pending to done, files, other tenants.
import { expect } from 'chai';
import { type Answer, type Rest, startRest, type Tenant } from '../testing/rest.ts';

describe('tasks', () => {
  let rest: Rest;
  let tenant: Tenant;
  let other: Tenant;
  before(async () => {
    rest = await startRest();
    tenant = await rest.account('acme');
    other = await rest.account('other');
    await rest.account('below', tenant.id);
    await rest.account('under', tenant.id);
  });
  after(() => rest.stop());

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
