// The constructors: types are inferred, violations carry Kazoo's codes, defaults and coercion work.
import { expect } from 'chai';
import { AppError } from '../errors/index.ts';
import {
  type AnswerOf,
  action,
  branch,
  compact,
  compile,
  document,
  getAt,
  type MessageOf,
  message,
  next,
  putAt,
  segment,
  Type,
} from './index.ts';

const pong = message({
  category: 'test',
  name: 'pong',
  exchange: 'targeted',
  fields: { Value: Type.Integer() },
});
const refused = message({
  category: 'test',
  name: 'refused',
  exchange: 'targeted',
  fields: { Why: Type.String() },
});
const ping = message({
  category: 'test',
  name: 'ping',
  exchange: 'callmgr',
  key: (m) => `ping.${segment(m.Realm)}`,
  fields: { Realm: Type.String({ minLength: 1 }), Note: Type.Optional(Type.String()) },
  answers: [pong, refused],
});
const headers = { 'App-Name': 'a', 'App-Version': '1', 'Event-Category': 'test' };

describe('message()', () => {
  it('infers the message and its answers', () => {
    const answer = { ...headers, 'Event-Category': 'test', 'Event-Name': 'pong', Value: 1 } as AnswerOf<
      typeof ping
    >;
    if (answer['Event-Name'] === 'pong') expect(answer.Value + 1).to.equal(2);
    // @ts-expect-error Why belongs to the other answer
    if (answer['Event-Name'] === 'pong') expect(answer.Why).to.equal(undefined);
    const typed: MessageOf<typeof ping>['Note'] = undefined as never;
    expect(typed).to.equal(undefined);
  });

  it('builds Kazoo routing keys', () => {
    expect(ping.routingKey({ Realm: 'a.b c' })).to.equal('ping.a%2Eb+c');
    expect(segment('user@host-1_~')).to.equal('user%40host-1_~');
    expect(segment('*')).to.equal('*');
    expect(() => pong.routingKey({ Value: 1 })).to.throw(AppError, /no routing key/);
  });

  it('names what is wrong and what is unknown', () => {
    const bad = { ...headers, 'Event-Name': 'ping', Realm: '', Extra: 1 };
    expect(ping.check(bad)).to.deep.equal([
      {
        path: 'Realm',
        code: 'minLength',
        message: 'must NOT have fewer than 1 characters',
        value: '',
        target: 1,
      },
    ]);
    expect(ping.unknownKeys(bad)).to.deep.equal(['Extra']);
    expect(ping.check({ ...headers, 'Event-Name': 'pong', Realm: 'x' })[0]?.code).to.equal('enum');
  });

  it('takes from others numbers and booleans as text, text as numbers, and what is empty for absent', () => {
    const loose = message({
      category: 'test',
      name: 'loose',
      exchange: 'targeted',
      fields: {
        Count: Type.Integer(),
        Sure: Type.Boolean(),
        Number: Type.String(),
        Either: Type.Union([Type.Integer(), Type.String()]),
        Empty: Type.Optional(Type.Integer()),
        Nothing: Type.Optional(Type.Enum(['a'])),
        List: Type.Array(Type.Object({ Delay: Type.Optional(Type.Integer()) })),
      },
    });
    const given = {
      ...headers,
      'Event-Name': 'loose',
      Count: '0',
      Sure: 'true',
      Number: 1001,
      Either: true,
      Empty: '',
      Nothing: null,
      List: [{ Delay: '5' }, { Delay: null }],
    };
    expect(loose.accept(given)).to.deep.equal([]);
    expect(given).to.deep.equal({
      ...headers,
      'Event-Name': 'loose',
      Count: 0,
      Sure: true,
      Number: '1001',
      Either: 'true',
      List: [{ Delay: 5 }, {}],
    });
    const bad = {
      ...headers,
      'Event-Name': 'loose',
      Count: 'many',
      Sure: 1,
      Number: {},
      Either: [],
      List: 'no',
    };
    expect(loose.accept(bad).map(({ path }) => path)).to.include.members(['Count', 'Sure', 'Number', 'List']);
  });

  it('drops undefined and empty values at every depth', () => {
    expect(compact({ a: undefined, b: '', c: { d: '', e: 0 }, f: [''] })).to.deep.equal({
      c: { e: 0 },
      f: [''],
    });
  });
});

describe('compile()', () => {
  it('tries a foreign schema first, and throws what is wrong with it', () => {
    const schema = { type: 'object', properties: { name: { type: 'string', minLength: 'three' } } };
    expect(() => compile(schema, { foreign: true }).check({})).to.throw(/schema is invalid.*minLength/);
  });
});

describe('document()', () => {
  const thing = document({
    type: 'thing',
    schema: 'test_things',
    database: 'account',
    summary: 'for this test',
    fields: {
      name: Type.String({ minLength: 1, maxLength: 3 }),
      size: Type.Optional(Type.Integer({ default: 7 })),
      'a.b': Type.Optional(Type.Boolean()),
    },
  });

  it('fills defaults, turns strings into what the schema wants, keeps unknown keys', () => {
    expect(thing.accept({ name: 'x', size: '12', 'a.b': 'true', extra: { y: 1 } })).to.deep.equal({
      name: 'x',
      size: 12,
      'a.b': true,
      extra: { y: 1 },
    });
    expect(thing.accept({ name: 'x' })).to.deep.equal({ name: 'x', size: 7 });
  });

  it('refuses with the violations of every field', () => {
    try {
      thing.accept({ name: 'toolong', size: 'many' });
      expect.fail('accepted');
    } catch (error) {
      const { code, details } = error as AppError;
      expect(code).to.equal('invalid_data');
      expect(details['violations']).to.deep.include.members([
        {
          path: 'name',
          code: 'maxLength',
          message: 'must NOT have more than 3 characters',
          value: 'toolong',
          target: 3,
        },
        { path: 'size', code: 'type', message: 'must be integer', value: 'many', target: 'integer' },
      ]);
    }
  });
});

describe('action()', () => {
  const sample = action({
    name: 'sample',
    summary: 'for this test',
    data: { times: Type.Integer({ default: 2, minimum: 1 }) },
    onResume: 'repeat',
    run: async (call: { log: number[] }, { times }) => {
      call.log.push(times);
      return times > 2 ? branch({ module: 'other' }) : next('done');
    },
  });

  it('gives its data with defaults and returns an outcome', async () => {
    const call = { log: [] };
    expect(await sample.run(call, { module: 'sample' })).to.deep.equal({ do: 'next', key: 'done' });
    expect(await sample.run(call, { module: 'sample', data: { times: 3 } })).to.deep.equal({
      do: 'branch',
      flow: { module: 'other' },
    });
    expect(call.log).to.deep.equal([2, 3]);
  });

  it('refuses wrong data', async () => {
    const error = await sample
      .run({ log: [] }, { module: 'sample', data: { times: 0 } })
      .catch((e: unknown) => e);
    expect(error).to.be.instanceOf(AppError).with.property('code', 'invalid_data');
  });
});

describe('paths', () => {
  it('reads and writes nested values and never the prototype', () => {
    const root: Record<string, unknown> = { a: [{ b: 1 }] };
    expect(getAt(root, 'a.0.b')).to.equal(1);
    putAt(root, 'x.y%2Ez', 5);
    expect(root['x']).to.deep.equal({ 'y.z': 5 });
    putAt(root, '__proto__.polluted', true);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
    expect(getAt(root, 'constructor')).to.equal(undefined);
  });
});
