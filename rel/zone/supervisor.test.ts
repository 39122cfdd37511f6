// Children that die are started again; a start that cannot be ends; a stop ends all, in order.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { type Supervisor, supervise } from './supervisor.ts';

describe('the supervisor', () => {
  let folder: string;
  let running: Supervisor | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mirliton-supervisor-'));
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    rmSync(folder, { recursive: true });
  });

  const options = { patience: 5_000, pause: { shortest: 10, longest: 100 } };
  const story = () => readFileSync(join(folder, 'story'), 'utf8').trim().split('\n');
  /** A child that writes down when it begins and when it is asked to stop. */
  const child = (name: string, more = '') => {
    const module = join(folder, `${name}.mjs`);
    writeFileSync(
      module,
      `import { appendFileSync } from 'node:fs';
       const tell = (what) => appendFileSync(${JSON.stringify(join(folder, 'story'))}, what + ' ${name}\\n');
       tell('begin');
       process.on('SIGTERM', () => { tell('end'); process.exit(0); });
       process.once('disconnect', () => process.exit(0));
       ${more}
       process.send('ready');`,
    );
    return { name, module, args: [] };
  };
  const until = async (check: () => boolean): Promise<void> => {
    while (!check()) await pause(5);
  };

  it('starts a child again that was killed', async () => {
    running = await supervise([child('a'), child('b')], options);
    const { a, b } = running.pids();
    process.kill(a ?? 0, 'SIGKILL');
    await until(() => story().filter((line) => line === 'begin a').length === 2);
    expect(running.pids()['a']).not.to.equal(a);
    expect(running.pids()['b']).to.equal(b);
  });

  it('goes on when the new one dies as well', async () => {
    running = await supervise([child('a')], options);
    for (let times = 2; times < 5; times += 1) {
      await until(() => running?.pids()['a'] !== undefined);
      process.kill(running.pids()['a'] ?? 0, 'SIGKILL');
      await until(() => story().length >= times);
    }
  });

  it('stops those last that the others need', async () => {
    const all = await supervise([{ ...child('broker'), stopsLast: true }, child('app')], options);
    await all.stop();
    expect(story().slice(-2)).to.deep.equal(['end app', 'end broker']);
    expect(all.pids()).to.deep.equal({ broker: undefined, app: undefined });
  });

  it('waits for a child that did not reach another one at first', async () => {
    const tries = join(folder, 'story');
    const once = `import { readFileSync } from 'node:fs';
      if (readFileSync(${JSON.stringify(tries)}, 'utf8').split('begin').length < 4) process.exit(3);`;
    running = await supervise([child('late', once)], options);
    expect(story()).to.deep.equal(['begin late', 'begin late', 'begin late']);
  });

  it('does not start when one child cannot, and leaves none behind', async () => {
    const error = await supervise([child('a'), child('broken', 'process.exit(1);')], options).catch(
      (it) => it,
    );
    expect(error).to.be.instanceOf(Error).and.to.have.property('message').that.includes('broken ended (1)');
  });
});
