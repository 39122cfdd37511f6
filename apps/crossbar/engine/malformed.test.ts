// A hundred bodies and paths that no client should send: each gets a clear 4xx, and nothing else happens.
import { expect } from 'chai';
import { device } from '../../../core/documents/index.ts';
import type { Rest } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

const json = (value: unknown): string => JSON.stringify(value);
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const deep = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + close.repeat(levels);

/** Bodies that are no request at all. */
const brokenBodies: readonly (readonly [string, string | Uint8Array])[] = [
  ...[
    '{',
    '}',
    '[',
    '{"data"',
    '{"data":',
    '{"data":{}',
    '{"data":{}}}',
    "{'data':{}}",
    '{data:{}}',
    '{"data":{},}',
  ].map((text) => [text, text] as const),
  ...[
    'nul',
    'undefined',
    'NaN',
    '{"data":NaN}',
    '{"data":{"name":0x10}}',
    '{"data":{"name":01}}',
    '{"data":{"a":"\n"}}',
  ].map((text) => [text, text] as const),
  ...[
    'null',
    'true',
    '7',
    '"text"',
    '[]',
    '[{}]',
    '{}',
    '{"date":{}}',
    '{"data":null}',
    '{"data":"x"}',
    '{"data":7}',
    '{"data":true}',
  ].map((text) => [text, text] as const),
  ['a lone continuation byte', bytes(0x80)],
  ['an overlong slash', bytes(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x7d)],
  ['a cut character', bytes(0x22, 0xe2, 0x82, 0x22)],
  ['UTF-16', new Uint8Array(Buffer.from('{"data":{}}', 'utf16le'))],
  ['zero bytes', bytes(0, 0, 0, 0)],
  ['half a surrogate pair', '{"data":{"name":"\\ud83d"}}'],
  ['half a pair as a key', '{"data":{"name":"x","\\udc00":1}}'],
  ['arrays in arrays', deep(100_000, '[', ']')],
  ['objects in objects', `{"data":${deep(100_000, '{"a":', '').replace(/$/, '1')}${'}'.repeat(100_001)}`],
  ['an unclosed tower', '['.repeat(1_000_000)],
  [
    'a callflow without end',
    `{"data":{"name":"x","numbers":["1"],"flow":${deep(2000, '{"module":"a","data":{},"children":{"_":', '')}{}${'}}'.repeat(2000)}}}`,
  ],
];

/** Values that fit no field of a device. */
const wrongFields: readonly (readonly [string, unknown])[] = [
  ...[7, null, true, [], {}, '', 'x'.repeat(129)].map((value) => ['name', value] as const),
  ...[7, [], 'x', null].map((value) => ['sip', value] as const),
  ...[7, {}, 'x', 'x'.repeat(33)].map((value) => ['sip.username', value] as const),
  ...['1234', 'x'.repeat(33), {}].map((value) => ['sip.password', value] as const),
  ...['carrier pigeon', 7].map((value) => ['sip.method', value] as const),
  ...['a b', '..', 'x'].map((value) => ['sip.realm', value] as const).filter(([, value]) => value !== '..'),
  ...['soon', {}, 1.5].map((value) => ['sip.expire_seconds', value] as const),
  ...['yes', 7, {}].map((value) => ['enabled', value] as const),
  ...['short', 7, null].map((value) => ['owner_id', value] as const),
  ...['x', 7].map((value) => ['call_forward', value] as const),
  ...[{}, 'x'.repeat(36)].map((value) => ['call_forward.number', value] as const),
  ...['x', {}].map((value) => ['flags', value] as const),
  ...['x', { audio: 7 }, { audio: { codecs: 'PCMU' } }].map((value) => ['media', value] as const),
  ['caller_id', { external: { number: { $ne: 1 } } }],
  ['provision', { combo_keys: 'x' }],
  ['hotdesk', { users: [] }],
];

const wrongPaths = [
  '..%2f..%2f_all_dbs',
  '%2e%2e%2f',
  '%2e%2e;',
  '_design%2fdevices',
  '_all_docs',
  '_local%2fx',
  '%00',
  '%ff%fe',
  '%',
  '%zz',
  '%2f%2f',
  `${'a'.repeat(3000)}`,
  '__proto__',
  'constructor',
  "' OR 1=1 --",
  '%7B%22%24gt%22%3A0%7D',
  '..;',
  'x%0d%0aSet-Cookie:a=b',
];

describe('malformed requests', () => {
  const { rest, tenant } = tenants();

  afterEach(() => {
    expect(rest.log.at('error')).to.deep.equal([]);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  it('are a hundred and more', () => {
    expect(brokenBodies.length + wrongFields.length + wrongPaths.length).to.be.at.least(100);
  });

  for (const [title, raw] of brokenBodies)
    it(`body: ${title.slice(0, 40)}`, async () => {
      for (const path of ['devices', 'callflows'])
        expect4xx(await tenant.send('PUT', path, undefined, { raw }));
      expect4xx(await rest.send('PUT', 'user_auth', undefined, { raw }));
      expect((await tenant.send('GET', 'devices?paginate=false')).body.data).to.deep.equal([]);
    });

  for (const [path, value] of wrongFields)
    it(`${path}: ${json(value).slice(0, 40)}`, async () => {
      const data = path === 'name' ? { name: value } : { name: 'device', ...nested(path, value) };
      const answer = await tenant.send('PUT', 'devices', data);
      expect4xx(answer, 400);
      const [first = ''] = Object.keys(answer.body.data);
      expect(first.startsWith(path), answer.text).to.equal(true);
      expect(device.check(data)).not.to.deep.equal([]);
    });

  for (const path of wrongPaths)
    it(`path: ${path.slice(0, 40)}`, async () => {
      for (const verb of ['GET', 'POST', 'DELETE'])
        for (const parent of ['devices', 'media', 'cdrs', 'phone_numbers', 'users'])
          expect4xx(await tenant.send(verb, `${parent}/${path}`, verb === 'GET' ? undefined : { name: 'x' }));
      expect4xx(await rest.send('GET', `accounts/${path}/devices`, undefined, { token: tenant.token }));
      expect4xx(await rest.send('GET', `schemas/${path}`));
    });

  it('prototypes stay what they are', async () => {
    const raw =
      '{"data":{"name":"x","__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}},"__proto__":{"polluted":1}}';
    const made = await tenant.send('PUT', 'menus', undefined, { raw });
    expect(made.status).to.equal(201);
    const patched = await tenant.send('PATCH', `menus/${made.body.data.id}`, undefined, { raw });
    expect(patched.status).to.equal(200);
    expect((await tenant.send('GET', 'menus?filter___proto__.polluted=1')).body.data).to.deep.equal([]);
  });

  for (const [title, type, raw] of [
    ['multipart without a boundary', 'multipart/form-data', 'x'],
    [
      'multipart cut short',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx',
    ],
    [
      'multipart with broken JSON',
      'multipart/mixed; boundary=b',
      '--b\r\nContent-Type: application/json\r\n\r\n{\r\n--b--\r\n',
    ],
    [
      'multipart with many parts',
      'multipart/form-data; boundary=b',
      `${'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'.repeat(50)}--b--\r\n`,
    ],
    ['base64 that is none', 'application/base64', '!!!!'],
    ['a type that is none', ';;;', 'x'],
  ] as const)
    it(title, async () => {
      const made = await tenant.send('PUT', 'media', { name: 'sound' });
      const headers = { 'content-type': type };
      expect4xx(await tenant.send('POST', `media/${made.body.data.id}/raw`, undefined, { raw, headers }));
      expect4xx(await tenant.send('PUT', 'menus', undefined, { raw, headers }));
    });

  it('queries with nonsense in them', async () => {
    for (const query of [
      'page_size=NaN',
      'start_key=%5B&end_key=%7B',
      'start_key=W10',
      'filter_=x',
      'filter_a.b.c.__proto__=1',
      'created_from=x',
      '&&==&',
      'verb=EXPLODE',
    ])
      expect((await tenant.send('GET', `menus?${query}`)).status, query).to.be.oneOf([200, 400, 404]);
    for (const query of [
      'created_from=x',
      'created_to=-1',
      'created_from=1&created_to=99999999999',
      'created_from=5&created_to=1',
      'utc_offset=x',
    ])
      expect4xx(await tenant.send('GET', `cdrs?${query}`), 400);
    expect4xx(await tenant.send('POST', 'menus?verb=EXPLODE', { name: 'x' }), 405);
  });

  function expect4xx(answer: Awaited<ReturnType<Rest['send']>>, status?: number): void {
    expect(answer.status, answer.text).to.be.within(400, 499);
    if (status !== undefined) expect(answer.status, answer.text).to.equal(status);
    expect(answer.body, answer.text).to.include({ status: 'error', error: String(answer.status) });
  }
});

function nested(path: string, value: unknown): Record<string, unknown> {
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<
    string,
    unknown
  >;
}
