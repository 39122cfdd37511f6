// The life of a plain resource as a test, from its declaration alone: create, read, list, filter, page, change, delete, bad
// input for every field, other tenants. resources/sequence.test.ts runs it for all of them.
import { expect } from 'chai';
import { getAt, isRecord, putAt, type UniqueField, type Verb } from '../../../core/contract/index.ts';
import { gregorian } from '../../../core/couch/index.ts';
import type { PlainResource, RestModule } from '../engine/index.ts';
import { badInputs } from './bad-input.ts';
import { type Answer, md5, type Options, type Rest, type Tenant } from './rest.ts';
import type { Tenants } from './tenants.ts';
import { variant } from './variant.ts';

type Json = Record<string, unknown>;

/** Where a resource is tried, and what may be done with it there. */
interface Place extends Tenants {
  readonly contract: PlainResource;
  /** With a token that may do it. `path` is below the collection. */
  send(verb: Verb, path: string, data?: unknown, options?: Options): Promise<Answer>;
  create(data: Json): Promise<string>;
  ids(query: string): Promise<string[]>;
}

export interface SequenceOptions {
  /** Asked when the tests run. */
  readonly tenants: () => Tenants;
  /** Makes what the example refers to. */
  readonly prepare?: (rest: Rest, tenant: Tenant) => Promise<void>;
}

/** Declares the tests of one plain resource, in the enclosing `describe`. */
export function sequence({ plain }: RestModule, { tenants, prepare }: SequenceOptions): void {
  if (!plain) throw new Error('only a plain resource has a sequence');
  let place: Place;
  const at = (): Place => place;
  before(async () => {
    const { rest, tenant, other } = tenants();
    place = placeOf(rest, tenant, other, plain);
    await prepare?.(rest, tenant);
  });
  const { collection, item } = plain.verbs;
  if (collection.PUT && item.GET) describe('a document', () => documents(at, plain));
  if (collection.PUT && item.PATCH) describe('a change', () => changes(at, plain));
  if (collection.PUT && collection.GET) describe('a list', () => lists(at, plain));
  if (collection.PUT) describe('bad input', () => refusals(at, plain));
  if (item.DELETE) describe('a deletion', () => deletions(at, plain));
  describe('other tenants', () => strangers(at, plain));
}

function placeOf(rest: Rest, tenant: Tenant, other: Tenant, contract: PlainResource): Place {
  const privileged = (verb: Verb, path: string): boolean => {
    const { collection, item } = contract.verbs;
    const permission = (path === '' || path.startsWith('?') ? collection : item)[verb];
    return permission === 'ancestor' || permission === 'superduper';
  };
  const send: Place['send'] = (verb, path, data, options) =>
    tenant.send(verb, contract.path + path, data, {
      ...(privileged(verb, path) && { token: rest.master.token }),
      ...options,
    });
  const create: Place['create'] = async (data) => {
    const answer = await send('PUT', '', data);
    expect(answer.status, answer.text).to.equal(201);
    return String(answer.body.data.id);
  };
  const ids: Place['ids'] = async (query) => (await send('GET', `?${query}`)).body.data.map(idIn(contract));
  return { rest, tenant, other, contract, send, create, ids };
}

/** The id in a row of the list. */
const idIn =
  ({ listing }: PlainResource) =>
  (row: { id: string } | string): string =>
    listing.ids ? String(row) : (row as { id: string }).id;

const outcome = ({ status, body }: Answer): unknown[] => [status, body.message];
/** Ids that a client chooses; the database is shared by all resources. */
const idOf = ({ path }: PlainResource, n: number): string => md5(`${path} ${n}`);

const bodyFor = (verb: Verb, contract: PlainResource): Json | undefined =>
  verb === 'GET' || verb === 'DELETE' ? undefined : variant(contract, 61);

/** Documents that the lists are tried with. */
const series = 7;

/** Everything that was sent stands in the answer, which may have defaults beside it. */
function expectHolds(answered: unknown, sent: unknown, path = 'data'): void {
  if (Array.isArray(sent)) {
    expect(answered, path).to.have.length(sent.length);
    for (const [index, item] of sent.entries())
      expectHolds((answered as unknown[])[index], item, `${path}.${index}`);
  } else if (isRecord(sent))
    for (const [key, value] of Object.entries(sent))
      expectHolds((answered as Json)[key], value, `${path}.${key}`);
  else expect(answered, path).to.equal(sent);
}

function documents(at: () => Place, contract: PlainResource): void {
  it('is created, read back as it was sent, and replaced', async () => {
    const { send } = at();
    const data = { ...variant(contract, 20), ui_metadata: { version: '5.0', ui: 'monster' } };
    const made = await send('PUT', '', data);
    expect(made.status, made.text).to.equal(201);
    const { id } = made.body.data;
    expect(id).to.match(/^[0-9a-f]{32}$/);
    expect(made.headers.get('location')).to.match(new RegExp(`${id}$`));
    const read = await send('GET', `/${id}`);
    expectHolds(read.body.data, data);
    expect(read.body.revision).to.equal(made.body.revision);
    if (!contract.verbs.item.POST) return;
    const replaced = await send('POST', `/${id}`, { ...variant(contract, 20), more: [1, { two: null }] });
    expect(replaced.body.data, replaced.text)
      .to.deep.include({ more: [1, { two: null }] })
      .and.not.have.property('ui_metadata');
  });

  it('takes an id of the client, once', async () => {
    const { send, create } = at();
    expect(await create({ ...variant(contract, 21), id: idOf(contract, 10) })).to.equal(idOf(contract, 10));
    expect(
      outcome(await send('PUT', '', { ...variant(contract, 22), id: idOf(contract, 10) })),
    ).to.deep.equal([409, 'datastore_conflict']);
    const wrong = await send('PUT', '', { ...variant(contract, 22), id: '../x' });
    expect(wrong.body.data).to.have.nested.property('id.pattern');
  });

  it('is not sent again to who has it', async () => {
    const { send, create } = at();
    const id = await create(variant(contract, 23));
    const etag = String((await send('GET', `/${id}`)).headers.get('etag'));
    const again = await send('GET', `/${id}`, undefined, { headers: { 'if-none-match': etag } });
    expect([again.status, again.text]).to.deep.equal([304, '']);
  });

  it('shows no private field and lets none be set', async () => {
    const { send, rest, tenant } = at();
    const evil = {
      pvt_type: 'evil',
      pvt_account_id: 'evil',
      pvt_deleted: true,
      _attachments: {},
      _rev: '1-x',
    };
    const { body } = await send('PUT', '', { ...variant(contract, 24), ...evil });
    expect(Object.keys(body.data).filter((key) => /^(pvt_|_(?!read_only))/.test(key))).to.deep.equal([]);
    const stored = await rest.store.database(contract.shared ?? tenant.id).get(body.data.id, { fresh: true });
    expect(stored).to.include({ pvt_type: contract.document.type, pvt_account_id: tenant.id });
  });
}

function changes(at: () => Place, contract: PlainResource): void {
  it('is merged: null removes, lists are replaced, objects are merged', async () => {
    const { send, create } = at();
    const id = await create({ ...variant(contract, 30), extra: { a: 1, b: { c: 2 } }, list: [1, 2] });
    const patch = { extra: { a: null, b: { d: 3 } }, list: [3] };
    const { body } = await send('PATCH', `/${id}`, patch);
    expectHolds(body.data, variant(contract, 30));
    expect(body.data).to.deep.include({ extra: { b: { c: 2, d: 3 } }, list: [3] });
    // What is read only may be looked up at the moment it is read.
    const kept = ({ _read_only: _, ...data }: Json): Json => data;
    expect(kept((await send('GET', `/${id}`)).body.data)).to.deep.equal(kept(body.data));
  });

  it('is refused when the document is another by now', async () => {
    const { send, create } = at();
    const id = await create(variant(contract, 31));
    const etag = String((await send('GET', `/${id}`)).headers.get('etag'));
    const patch = async (tag: string) =>
      (await send('PATCH', `/${id}`, { extra: tag }, { headers: { 'if-match': tag } })).status;
    expect([await patch('"0-none"'), await patch(etag), await patch(etag), await patch('*')]).to.deep.equal([
      412, 200, 412, 200,
    ]);
  });

  for (const [index, { field, fold }] of ((contract.unique ?? []) as readonly UniqueField[]).entries()) {
    if (getAt(contract.example, field) === undefined) continue;
    const n = 100 + index * 10;
    it(`may not take the ${field} of another`, async () => {
      const { send, create } = at();
      await create(variant(contract, n));
      const id = await create(variant(contract, n + 1));
      const [top = ''] = field.split('.');
      const taken: Json = variant(contract, n + 1);
      const value = getAt(variant(contract, n), field);
      putAt(taken, field, fold ? String(value).toUpperCase() : value);
      for (const answer of [
        await send('PUT', '', { ...variant(contract, n + 2), [top]: taken[top] }),
        await send('PATCH', `/${id}`, { [top]: taken[top] }),
      ]) {
        expect(outcome(answer), answer.text).to.deep.equal([400, 'validation error']);
        expect(answer.body.data[field]).to.have.property('unique');
      }
      // A document does not clash with itself.
      expect((await send('PATCH', `/${id}`, variant(contract, n + 1))).status).to.equal(200);
    });
  }
}

function lists(at: () => Place, contract: PlainResource): void {
  const ids = Array.from({ length: series }, (_, n) => idOf(contract, n));
  const query = 'has_key=in_series';
  before(async () => {
    for (const [n, id] of ids.entries())
      await at().create({
        ...variant(contract, 40 + n),
        id,
        in_series: n,
        half: n < 3 ? 'first' : 'second',
        tags: [`tag${n}`],
        nothing: n === 0 ? '' : 'something',
      });
  });

  it('has pages, in both orders, that add up to the whole', async () => {
    const { send, ids: listed } = at();
    for (const order of ['', 'ascending=true&']) {
      const whole = await listed(`${order}paginate=false`);
      expect(whole).to.include.members(ids);
      const paged: string[] = [];
      for (let next = ''; ; ) {
        const { body, text } = await send('GET', `?${order}page_size=3${next}`);
        expect(body.page_size, text).to.equal(body.data.length);
        paged.push(...body.data.map(idIn(contract)));
        if (body.next_start_key === undefined) break;
        expect(body.page_size).to.equal(3);
        next = `&start_key=${encodeURIComponent(body.next_start_key)}`;
      }
      expect(paged).to.deep.equal(whole);
    }
    expect(await listed('ascending=true&paginate=false')).to.deep.equal(
      (await listed('paginate=false')).reverse(),
    );
    expect(outcome(await send('GET', '?page_size=0'))).to.deep.equal([404, 'faulty_request']);
  });

  const now = gregorian();
  const first = ids.slice(0, 3);
  const second = ids.slice(3);
  for (const [filter, expected] of [
    ['filter_half=first', first],
    ['filter_not_half=first', second],
    ['filter_in_series=["1","2"]', ids.slice(1, 3)],
    ['filter_tags=tag5', ids.slice(5, 6)],
    ['filter_half=second&filter_not_tags=tag4', second.filter((id) => id !== idOf(contract, 4))],
    ['has_key=half&filter_in_series=6', ids.slice(6)],
    ['key_missing=half', []],
    ['has_value=nothing', ids.slice(1)],
    ['value_missing=nothing', ids.slice(0, 1)],
    [`created_from=${now - 3600}`, ids],
    [`created_to=${now - 3600}`, []],
    [`modified_from=${now - 3600}&modified_to=${now + 3600}`, ids],
    [`modified_from=${now + 3600}`, []],
    ['filter_pvt_type=anything', []],
  ] as const)
    it(`is filtered by ${filter.replaceAll(/\d{6,}/g, 'TIME')}`, async () => {
      expect((await at().ids(`${query}&${filter}`)).sort()).to.deep.equal([...expected].sort());
    });

  it('is not sent again to who has it', async () => {
    const { send } = at();
    const etag = String((await send('GET', `?${query}`)).headers.get('etag'));
    const again = await send('GET', `?${query}`, undefined, { headers: { 'if-none-match': etag } });
    expect([again.status, again.text]).to.deep.equal([304, '']);
  });
}

function refusals(at: () => Place, contract: PlainResource): void {
  it('is refused, field by field, with the path and the code', async () => {
    const wrong = await Promise.all(
      badInputs(contract.document.schema, contract.example).map(async ({ path, code, data }) => {
        const { status, body, text } = await at().send('PUT', '', data);
        return status === 400 && body.data[path]?.[code]?.message ? [] : [`${path} ${code}: ${text}`];
      }),
    );
    expect(wrong.flat()).to.deep.equal([]);
    expect(wrong.length).to.be.above(0);
  });
}

function deletions(at: () => Place, contract: PlainResource): void {
  const stored = async (id: string) =>
    (
      await at()
        .rest.store.database(contract.shared ?? at().tenant.id)
        .all({ includeDocs: true })
    ).find((row) => row.id === id);
  for (const hard of [false, true])
    it(hard ? 'is final when it is asked to be' : 'leaves what was deleted in the database', async () => {
      const { send, create, ids } = at();
      const id = await create(variant(contract, 50));
      const etag = { 'if-match': '"0-none"' };
      expect((await send('DELETE', `/${id}`, undefined, { headers: etag })).status).to.equal(412);
      const gone = await send('DELETE', `/${id}${hard ? '?should_soft_delete=false' : ''}`);
      expect(gone.status, gone.text).to.equal(200);
      expect(gone.body.data).to.have.nested.property('_read_only.deleted', true);
      expect((await stored(id))?.doc?.pvt_deleted).to.equal(hard ? undefined : true);
      for (const verb of Object.keys(contract.verbs.item) as Verb[])
        expect(outcome(await send(verb, `/${id}`, bodyFor(verb, contract))), verb).to.deep.equal([
          404,
          'bad_identifier',
        ]);
      if (contract.verbs.collection.GET) expect(await ids('paginate=false')).to.not.include(id);
      // What was unique is free again.
      if (contract.verbs.collection.PUT) await send('DELETE', `/${await create(variant(contract, 50))}`);
    });
}

function strangers(at: () => Place, contract: PlainResource): void {
  it('cannot tell what is there from what is not', async () => {
    const { rest, tenant, other, create, send } = at();
    const id = contract.verbs.collection.PUT ? await create(variant(contract, 60)) : idOf(contract, 0);
    const none = idOf(contract, 15);
    for (const verb of Object.keys(contract.verbs.item) as Verb[]) {
      const ask = (account: string, document: string, token: string) =>
        rest.send(verb, `accounts/${account}/${contract.path}/${document}`, bodyFor(verb, contract), {
          token,
        });
      const [there, missing] = [
        await ask(tenant.id, id, other.token),
        await ask(tenant.id, none, other.token),
      ];
      expect([there.status, there.body.data], verb).to.deep.equal([404, missing.body.data]);
      const elsewhere = await ask(other.id, id, rest.master.token);
      expect([outcome(elsewhere), elsewhere.body.data], verb).to.deep.equal([
        [404, 'bad_identifier'],
        { message: 'bad identifier', cause: id },
      ]);
      expect((await ask(tenant.id, id, '')).status, verb).to.equal(401);
    }
    if (contract.verbs.item.GET) expect((await send('GET', `/${id}`)).status).to.equal(200);
  });
}
