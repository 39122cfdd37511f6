// The execution rules of contract/callflow.md §3, as examples and as properties over random flows.
import { expect } from 'chai';
import fc from 'fast-check';
import {
  type ActionContract,
  action,
  branch,
  type FlowNode,
  hardStop,
  next,
  release,
  stop,
  Type,
} from '../../core/contract/index.ts';
import { AppError } from '../../core/errors/index.ts';
import { silentLog } from '../../core/testing/index.ts';
import type { Call } from './call/call.ts';
import { type ActionTable, walk } from './walker.ts';

interface Trace {
  readonly visited: string[];
  ended: boolean;
}

function trial(): { call: Call; trace: Trace } {
  const trace: Trace = { visited: [], ended: false };
  const call = {
    log: silentLog(),
    get ended() {
      return trace.ended;
    },
    trace,
  } as unknown as Call;
  return { call, trace };
}

const traceOf = (call: Call): Trace => (call as unknown as { trace: Trace }).trace;
const data = {
  id: Type.String({ default: '' }),
  key: Type.String({ default: '_' }),
  flow: Type.Optional(Type.Unknown()),
};
type Data = { id: string; key: string; flow?: unknown };

function step(
  name: string,
  run: (call: Call, data: Data) => Promise<ReturnType<typeof next>>,
): ActionContract<string, Call> {
  return action({
    name: `walker_test_${name}`,
    summary: name,
    data,
    onResume: 'repeat',
    run: async (call: Call, given) => {
      traceOf(call).visited.push(given.id);
      return run(call, given as Data);
    },
  });
}

const table: ActionTable = {
  go: step('go', async (_call, { key }) => next(key)),
  stop: step('stop', async (_call, { key }) => stop(key)),
  hard: step('hard', async () => hardStop),
  branch: step('branch', async (_call, { flow }) => branch(flow as FlowNode)),
  release: step('release', async () => release),
  crash: step('crash', async () => {
    throw new Error('broken');
  }),
  lost: step('lost', async () => {
    throw new AppError('call_lost');
  }),
  end: step('end', async (call) => {
    traceOf(call).ended = true;
    throw new AppError('call_hung_up');
  }),
};

const node = (
  module: string,
  id: string,
  children: Record<string, FlowNode> = {},
  extra: Record<string, unknown> = {},
): FlowNode => ({
  module,
  data: { id, ...extra },
  children,
});

async function walked(flow: FlowNode) {
  const { call, trace } = trial();
  const end = await walk(call, { flow }, { actions: table });
  return { end, visited: trace.visited };
}

describe('callflow walker', () => {
  it('goes to the named child, to _ without it, and stops without either', async () => {
    const children = { a: node('go', 'a'), _: node('go', 'default') };
    expect((await walked(node('go', '0', children, { key: 'a' }))).visited).to.deep.equal(['0', 'a']);
    expect((await walked(node('go', '0', children, { key: 'b' }))).visited).to.deep.equal(['0', 'default']);
    expect(await walked(node('go', '0', { a: node('go', 'a') }, { key: 'b' }))).to.deep.equal({
      end: { end: 'hangup' },
      visited: ['0'],
    });
  });

  it('does not take a child from the prototype', async () => {
    expect((await walked(node('go', '0', {}, { key: 'constructor' }))).visited).to.deep.equal(['0']);
  });

  it('skips unknown modules and skip_module, and goes on behind a crash or wrong data', async () => {
    const after = { _: node('go', 'after') };
    expect((await walked(node('no_such', '0', after))).visited).to.deep.equal(['after']);
    expect((await walked(node('crash', '0', after, { skip_module: true }))).visited).to.deep.equal(['after']);
    expect((await walked(node('crash', '0', after))).visited).to.deep.equal(['0', 'after']);
    expect((await walked(node('go', '0', after, { id: 7 }))).visited).to.deep.equal(['after']);
  });

  it('returns from a branch to the child of the node that branched, also after a stop', async () => {
    const back = { _: node('go', 'back') };
    expect((await walked(node('branch', '0', back, { flow: node('go', 'b') }))).visited).to.deep.equal([
      '0',
      'b',
      'back',
    ]);
    expect((await walked(node('branch', '0', back, { flow: node('stop', 'b') }))).visited).to.deep.equal([
      '0',
      'b',
      'back',
    ]);
    const hard = await walked(node('branch', '0', back, { flow: node('hard', 'b') }));
    expect(hard).to.deep.equal({ end: { end: 'hangup' }, visited: ['0', 'b'] });
    expect((await walked(node('branch', '0', back, { flow: {} }))).visited).to.deep.equal(['0', 'back']);
  });

  it('says how it ended', async () => {
    expect((await walked({} as FlowNode)).end).to.deep.equal({ end: 'hangup' });
    expect((await walked(node('stop', '0', {}, { key: 'USER_BUSY' }))).end).to.deep.equal({
      end: 'hangup',
      cause: 'USER_BUSY',
    });
    expect((await walked(node('release', '0', { _: node('go', 'x') }))).end).to.deep.equal({
      end: 'released',
    });
    expect((await walked(node('lost', '0', { _: node('go', 'x') }))).end).to.deep.equal({ end: 'released' });
    expect(await walked(node('end', '0', { _: node('go', 'x') }))).to.deep.equal({
      end: { end: 'gone' },
      visited: ['0'],
    });
  });

  it('stops a flow that branches into itself for ever', async () => {
    const loop = node('branch', 'loop') as { data: Record<string, unknown> } & FlowNode;
    loop.data['flow'] = {
      module: 'branch',
      data: { id: 'inner', flow: node('branch', 'x', {}, { flow: node('go', 'y') }) },
    };
    const { call } = trial();
    let count = 0;
    const endless: ActionTable = {
      branch: action({
        name: 'walker_test_endless',
        summary: '',
        data: {},
        onResume: 'repeat',
        run: async (_call: Call) => {
          count += 1;
          return branch({ module: 'branch' });
        },
      }),
    };
    expect(
      await walk(call, { flow: { module: 'branch' } }, { actions: endless, maxBranches: 50 }),
    ).to.deep.equal({
      end: 'hangup',
    });
    expect(count).to.equal(51);
  });

  it('visits each node of any flow at most once and always ends', async () => {
    const module = fc.constantFrom('go', 'stop', 'hard', 'crash', 'no_such', 'release');
    const given = fc.record({ id: fc.uuid(), key: fc.constantFrom('a', 'b', '_') });
    const tree: fc.Memo<FlowNode> = fc.memo((depth) =>
      fc.record({
        module,
        data: given,
        children:
          depth <= 1
            ? fc.constant({})
            : fc.dictionary(fc.constantFrom('a', 'b', '_'), tree(), { maxKeys: 3 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(tree(4), async (flow) => {
        const { visited, end } = await walked(flow);
        expect(new Set(visited).size).to.equal(visited.length);
        expect(end.end).to.be.oneOf(['hangup', 'released']);
      }),
      { numRuns: 200 },
    );
  });
});
