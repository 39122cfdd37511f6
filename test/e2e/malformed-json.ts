// Request bodies that the REST API must refuse: text that is no JSON, JSON that is no request, requests that fit no schema.

/** A request with its body as it is sent. */
export interface BadRequest {
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly body: string | Buffer;
}

const notJson: readonly (string | Buffer)[] = [
  '{',
  '}',
  '{"data":',
  '{"data":{}',
  '{"data":{"name":"x",}}',
  "{'data':{'name':'x'}}",
  '{data:{name:"x"}}',
  '{"data":{"name":"x"}} trailing',
  '{"data":{"name":undefined}}',
  '{"data":{"name":NaN}}',
  '{"data":{"name":0x10}}',
  '{"data":{"name":"open}}',
  '{"data":{"name":"\\x"}}',
  '{"data":{"name":"\u0001"}}',
  '[[[[[[',
  '['.repeat(50_000),
  '{"a":'.repeat(20_000),
  'null null',
  '<xml/>',
  'name=x&data=y',
  '\u0000',
  Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
  Buffer.from('7b2264617461223a7b226e616d65223a22c328227d7d', 'hex'),
  Buffer.alloc(2000, 0xff),
];
const notRequests = [
  'null',
  'true',
  '42',
  '"text"',
  '[]',
  '{}',
  '{"data":null}',
  '{"data":"text"}',
  '{"data":42}',
  '{"data":true}',
  '{"data":[]}',
  '{"Data":{"name":"x"}}',
  '{"data":{}}',
];
const misfits: readonly (readonly [string, unknown])[] = [
  ['devices', { name: '' }],
  ['devices', { name: 5 }],
  ['devices', { name: ['x'] }],
  ['devices', { name: 'x'.repeat(200) }],
  ['devices', { name: 'x', enabled: 'maybe' }],
  ['devices', { name: 'x', sip: 'text' }],
  ['devices', { name: 'x', sip: { username: 'x', password: 'y' } }],
  ['devices', { name: 'x', sip: { method: 'magic' } }],
  ['devices', { name: 'x', owner_id: 'short' }],
  ['devices', { name: 'x', call_forward: [] }],
  ['users', { first_name: 'x' }],
  ['users', { first_name: {}, last_name: [] }],
  ['users', { first_name: 'x', last_name: 'y', priv_level: 'god' }],
  ['users', { first_name: 'x', last_name: 'y', email: 42 }],
  ['users', { first_name: 'x', last_name: 'y', timeout: { __proto__: null }, username: {} }],
  ['callflows', { numbers: 'all', flow: {} }],
  ['callflows', { numbers: [], flow: { module: 'play', data: {} } }],
  ['callflows', { numbers: [1, 2], flow: { module: 'play', data: {} } }],
  ['callflows', { numbers: ['900'], flow: 'play' }],
  ['callflows', { numbers: ['900'], flow: { data: {} } }],
  ['callflows', { numbers: ['900'], flow: { module: 7, data: {} } }],
  ['callflows', { numbers: ['900'], flow: { module: 'play', data: {}, children: 'x' } }],
  ['callflows', { patterns: ['('], flow: { module: 'play', data: {} } }],
  ['menus', { name: 'x', retries: 'often' }],
  ['menus', { name: 'x', retries: 99 }],
  ['menus', { timeout: 5 }],
  ['menus', { name: 'x', max_extension_length: 0 }],
  ['groups', { name: 5 }],
  ['groups', { name: 'x', endpoints: [] }],
  ['media', { name: [] }],
  ['resources', { name: 'x' }],
  ['resources', { name: 'x', gateways: [{}] }],
  ['resources', { name: 'x', gateways: 'all' }],
  ['resources', { name: 'x', gateways: [{ server: 'a', port: 'b' }] }],
  ['resources', { name: 'x', weight_cost: 1000, gateways: [{ server: 'a' }] }],
  ['connectivity', { servers: 'x' }],
  ['connectivity', { servers: [{ auth: 'x' }] }],
  ['phone_numbers/notanumber', { create_with_state: 'in_service' }],
  ['phone_numbers/%2B14155550123', { create_with_state: 'stolen' }],
];

/** A hundred of them. Paths are below an account. */
export function badRequests(): BadRequest[] {
  const collections = ['devices', 'users', 'callflows', 'menus'];
  const anywhere = [...notJson, ...notRequests].map((body, index): BadRequest => {
    const path = collections[index % collections.length] ?? 'devices';
    return { method: 'PUT', path, body };
  });
  const account = [...notJson, ...notRequests.slice(0, 11)].map(
    (body): BadRequest => ({ method: 'PUT', path: '/user_auth', body }),
  );
  const wrong = misfits.map(
    ([path, data]): BadRequest => ({ method: 'PUT', path, body: JSON.stringify({ data }) }),
  );
  return [...anywhere, ...account.slice(0, Math.max(0, 100 - anywhere.length - wrong.length)), ...wrong];
}
