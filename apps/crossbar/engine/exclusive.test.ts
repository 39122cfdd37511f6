// Changes that meet the changes of others.
import { expect } from 'chai';
import { AppError } from '../../../core/errors/index.ts';
import { tenants } from '../testing/tenants.ts';
import { onNewest } from './exclusive.ts';
import type { RestRequest } from './request.ts';

describe('a change of what stands', () => {
  const { tenant } = tenants();

  const request = (headers = {}) => ({ headers }) as unknown as RestRequest;
  const conflicts = (times: number) => {
    let runs = 0;
    return async () => {
      runs += 1;
      if (runs <= times) throw new AppError('datastore_conflict');
      return runs;
    };
  };
  const codeOf = (error: unknown) => (error as AppError).code;

  it('is made again when another process has written meanwhile, a few times', async () => {
    expect(await onNewest(request(), 'x', conflicts(3))).to.equal(4);
    expect(await onNewest(request(), 'x', conflicts(9)).catch(codeOf)).to.equal('datastore_conflict');
  });

  it('is not made again when the client names the revision, or for another reason', async () => {
    const guarded = onNewest(request({ 'if-match': '1-a' }), 'x', conflicts(1));
    expect(await guarded.catch(codeOf)).to.equal('datastore_conflict');
    let runs = 0;
    const failing = onNewest(request(), 'x', async () => {
      runs += 1;
      throw new AppError('invalid_data');
    });
    expect(await failing.catch(codeOf)).to.equal('invalid_data');
    expect(runs).to.equal(1);
  });

  it('lands every one of many changes at once, unless the client says what it changes', async () => {
    const { body } = await tenant.send('PUT', 'menus', { name: 'busy' });
    const path = `menus/${body.data.id}`;
    const many = Array.from({ length: 30 }, (_, index) => index);
    const statuses = async (answers: Promise<{ status: number }>[]) =>
      (await Promise.all(answers)).map(({ status }) => status);
    const patches = many.map((index) => tenant.send('PATCH', path, { [`key${index}`]: index }));
    expect(new Set(await statuses(patches))).to.deep.equal(new Set([200]));
    expect((await tenant.send('GET', path)).body.data).to.include.keys(many.map((index) => `key${index}`));
    const posts = many.map((index) => tenant.send('POST', path, { name: `busy ${index}` }));
    expect(new Set(await statuses(posts))).to.deep.equal(new Set([200]));
    const revision = (await tenant.send('GET', path)).headers.get('etag') ?? '';
    const headers = { 'if-match': revision };
    const guarded = many.map((index) => tenant.send('PATCH', path, { late: index }, { headers }));
    const codes = await statuses(guarded);
    expect(codes.filter((code) => code === 200)).to.have.length(1);
    expect(codes.filter((code) => code === 412)).to.have.length(29);
    await tenant.send('DELETE', path);
  });
});
