// system_configs over REST: categories and their sections, what they have of `default`, and that only the master may.
import { expect } from 'chai';
import type { Answer } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

const node = 'callflow@host.test';

describe('system_configs', () => {
  const { rest, tenant } = tenants();

  const send = (method: string, path: string, data?: unknown, headers = {}): Promise<Answer> =>
    rest.send(method, `system_configs/${path}`, data, { token: rest.master.token, headers });
  const data = async (method: string, path: string, sent?: unknown) => {
    const { status, body, text } = await send(method, path, sent);
    expect(status, text).to.equal(method === 'PUT' ? 201 : 200);
    return body.data;
  };
  const outcome = ({ status, body }: Answer): unknown[] => [status, body.message];

  it('are categories of sections, which processes read', async () => {
    expect(await data('GET', 'callflow')).to.deep.equal({ id: 'callflow', default: {} });
    await data('PUT', 'callflow', { id: 'other', default: { a: 1 }, pvt_type: 'x' });
    expect(await data('PATCH', 'callflow', { default: { b: { c: 2 } } })).to.deep.equal({
      id: 'callflow',
      default: { a: 1, b: { c: 2 } },
    });
    expect(await rest.context.systemConfig.get('callflow', 'b.c', 0)).to.equal(2);
    expect(await data('GET', '')).to.include('callflow');
    expect(await data('POST', 'callflow', { default: { a: 3 } })).to.deep.include({ default: { a: 3 } });
    expect((await send('POST', 'callflow', {}, { 'if-match': '"0-none"' })).status).to.equal(412);
    expect((await data('DELETE', 'callflow'))._read_only).to.deep.equal({ deleted: true });
    expect(outcome(await send('DELETE', 'callflow'))).to.deep.equal([404, 'bad_identifier']);
    expect(await data('GET', '')).to.not.include('callflow');
  });

  it('keep of a section only where it differs from default', async () => {
    const base = { a: 1, b: { c: 2, d: 3 } };
    await data('PUT', 'fax', { default: base, [node]: { a: 1, b: { c: 2, d: 4 }, e: 5 } });
    const own = { b: { d: 4 }, e: 5 };
    expect((await data('GET', 'fax'))[node]).to.deep.equal(own);
    expect(await data('GET', `fax/${node}`)).to.deep.equal({ id: `fax/${node}`, ...own });
    const whole = { a: 1, b: { c: 2, d: 4 }, e: 5 };
    expect(await data('GET', `fax/${node}?with_defaults=true`)).to.deep.equal({
      id: `fax/${node}`,
      ...whole,
    });
    expect(await data('GET', 'fax?with_defaults=true')).to.deep.equal({
      id: 'fax',
      default: base,
      [node]: whole,
    });
    expect(await data('GET', 'fax/east?with_defaults=true')).to.deep.equal({ id: 'fax/east', ...base });
    expect(await data('GET', 'fax/east')).to.deep.equal({ id: 'fax/east' });
  });

  it('have sections that are set, merged into and removed one by one', async () => {
    const base = { default: { a: 1 } };
    await data('PUT', 'media', base);
    expect(await data('PUT', 'media/east', { a: 1, b: 2 })).to.deep.equal({ id: 'media/east', b: 2 });
    expect(await data('PATCH', 'media/east', { c: { d: 3 } })).to.deep.equal({
      id: 'media/east',
      b: 2,
      c: { d: 3 },
    });
    expect(await data('PATCH', 'media/east', { b: null })).to.not.have.property('b');
    expect(await data('POST', 'media/east', { a: 7 })).to.deep.equal({ id: 'media/east', a: 7 });
    await data('POST', 'media/default', { a: 7 });
    expect(await data('GET', 'media'), 'what stands in another section stays').to.deep.equal({
      id: 'media',
      default: { a: 7 },
      east: { a: 7 },
    });
    expect(await data('DELETE', 'media/east')).to.deep.equal({
      id: 'media/east',
      _read_only: { deleted: true },
    });
    expect(await data('GET', 'media')).to.not.have.property('east');
    expect((await data('PATCH', 'new/west', { x: 1 })).x).to.equal(1);
    expect(await data('GET', 'new')).to.deep.equal({ id: 'new', default: {}, west: { x: 1 } });
  });

  it('refuse what is no section, and names that are none', async () => {
    for (const [sent, at] of [
      [{ default: 7 }, 'default'],
      [{ default: {}, [node]: 'x' }, node.replaceAll('.', '%2E')],
    ] as const) {
      const { status, body } = await send('POST', 'refused', sent);
      expect([status, Object.keys(body.data[at])]).to.deep.equal([400, ['type']]);
    }
    for (const [method, path] of [
      ['GET', '_design'],
      ['PUT', '.x'],
      ['DELETE', 'refused/east'],
      ['PUT', 'refused/pvt_type'],
      ['PATCH', 'refused/_id'],
      ['POST', 'refused/id'],
    ] as const)
      expect(outcome(await send(method, path, method === 'GET' ? undefined : {})), path).to.deep.equal([
        404,
        'bad_identifier',
      ]);
    const list = await rest.send('POST', 'system_configs/refused/east', [], { token: rest.master.token });
    expect(list.status).to.equal(400);
    expect(await data('GET', '')).to.not.include('refused');
  });

  it('leave documents alone that are no settings', async () => {
    const database = rest.store.database('system_config');
    await database.save({ _id: 'notice', pvt_type: 'notification', subject: 'x' });
    expect(await data('GET', 'notice')).to.deep.equal({ id: 'notice', default: {} });
    expect((await send('POST', 'notice', { default: {} })).status).to.equal(409);
    expect((await send('DELETE', 'notice')).status).to.equal(404);
  });

  it('are for the master account only', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', 'fax'],
      ['PUT', 'fax'],
      ['POST', 'fax'],
      ['PATCH', 'fax'],
      ['DELETE', 'fax'],
      ['GET', `fax/${node}`],
      ['PUT', `fax/${node}`],
      ['POST', `fax/${node}`],
      ['PATCH', `fax/${node}`],
      ['DELETE', `fax/${node}`],
    ] as const) {
      const sent = method === 'GET' || method === 'DELETE' ? undefined : {};
      const answer = await rest.send(method, `system_configs/${path}`, sent, { token: tenant.token });
      expect(outcome(answer), `${method} ${path}`).to.deep.equal([403, 'forbidden']);
    }
    expect((await tenant.send('GET', 'system_configs/fax')).status).to.equal(404);
  });
});
