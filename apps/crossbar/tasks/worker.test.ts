// Tasks are done once, by one process, and by another when that one is gone; what fails stands in the output.
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import type { Database, StoredDocument } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { Services } from '../engine/index.ts';
import { startServices } from '../services.ts';
import { type Rest, startRest } from '../testing/rest.ts';
import type { Catalogue, RowAction } from './action.ts';
import { outputReply, type TaskDocument } from './show.ts';
import { startWorker, type TaskWorker } from './worker.ts';

describe('the worker of tasks', () => {
  let rest: Rest;
  let services: Services;
  let tasks: Database;
  const workers: TaskWorker[] = [];
  /** Rows that were done, in order, and by which worker. */
  let done: string[] = [];
  let onRow: (n: string) => Promise<void> | void = () => undefined;

  before(async () => {
    rest = await startRest();
    services = await startServices(rest.context);
    tasks = rest.store.database('tasks');
    await rest.context.systemConfig.set('crossbar', 'tasks.rows_per_second', 100_000);
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    done = [];
    onRow = () => undefined;
  });
  after(async () => {
    await services.behind.stop();
    await rest.stop();
  });

  const rowAction = (name: string): RowAction => ({
    description: 'counts',
    permission: 'admin',
    mandatory: ['n'],
    optional: [],
    output: ['by'],
    row: async (_, { n = '' }) => {
      await onRow(n);
      if (n.startsWith('bad')) throw new AppError('number_exists', { message: `${n} exists` });
      done.push(`${name} ${n}`);
      return { by: name };
    },
  });
  const catalogueOf = (name: string): Catalogue => ({
    test: {
      count: rowAction(name),
      give: {
        description: 'gives rows',
        permission: 'admin',
        output: ['n'],
        rows: async function* () {
          for (let n = 0; n < 3; n += 1) yield { n };
        },
      },
    },
  });
  const work = (name: string): TaskWorker => {
    const worker = startWorker(services, catalogueOf(name));
    workers.push(worker);
    return worker;
  };

  async function order(rows: readonly string[] | undefined, more: object = {}): Promise<string> {
    const data = Buffer.from(`n\n${rows?.join('\n')}\n`).toString('base64');
    const { _id } = await tasks.save({
      pvt_type: 'task',
      pvt_account_id: rest.master.id,
      pvt_auth_account_id: rest.master.id,
      pvt_auth_user_id: rest.master.userId,
      pvt_category: 'test',
      pvt_action: rows ? 'count' : 'give',
      pvt_status: 'executing',
      pvt_started_at: 1,
      ...(rows && {
        pvt_total_rows: rows.length,
        _attachments: { 'in.csv': { content_type: 'text/csv', data } },
      }),
      ...more,
    } as object as StoredDocument);
    return _id;
  }

  /** The task when it has come to `fits`. */
  async function until(id: string, fits: (task: TaskDocument) => boolean): Promise<TaskDocument> {
    for (;;) {
      const changed = nextChange();
      const task = (await tasks.get(id, { fresh: true })) as TaskDocument;
      if (fits(task)) return task;
      await changed;
    }
  }
  const nextChange = (): Promise<void> =>
    new Promise((resolve) => {
      const unlisten = rest.store.onChange(() => {
        unlisten();
        resolve();
      });
    });
  const ended = (id: string) => until(id, ({ pvt_finished_at }) => pvt_finished_at !== undefined);
  const outputOf = async (task: TaskDocument): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of outputReply(tasks, task).body as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  it('does every row once, in order, though two work, and says what was wrong with which', async () => {
    work('a');
    work('b');
    const names = ['1', 'bad2', '3', '4'];
    const task = await ended(await order(names));
    expect(done.map((one) => one.slice(2))).to.deep.equal(['1', '3', '4']);
    const [who] = new Set(done.map((one) => one[0]));
    expect(task).to.include({
      pvt_status: 'partial',
      pvt_total_rows_succeeded: 3,
      pvt_total_rows_failed: 1,
      pvt_worker_node: 'crossbar@localhost',
    });
    expect(task.pvt_claim).to.equal(undefined);
    expect(await outputOf(task)).to.equal(
      `n,by,error\r\n1,${who},\r\nbad2,,bad2 exists\r\n3,${who},\r\n4,${who},\r\n`,
    );
  });

  it('is a failure when nothing succeeded, and a success when nothing failed', async () => {
    work('a');
    expect(await ended(await order(['bad']))).to.include({ pvt_status: 'failure' });
    const given = await ended(await order(undefined));
    expect(given).to.include({ pvt_status: 'success', pvt_total_rows: 3, pvt_total_rows_succeeded: 3 });
    expect(await outputOf(given)).to.equal('n\r\n0\r\n1\r\n2\r\n');
  });

  it('goes on behind the last checkpoint of a worker that is gone', async () => {
    const gone = {
      pvt_claim: { id: 'gone', until: Date.now() - 1 },
      pvt_total_rows_succeeded: 2,
      pvt_output_pieces: 1,
    };
    const id = await order(['1', '2', '3'], gone);
    await tasks.attach(id, 'out.000001.csv', Buffer.from('n,by,error\r\n1,z,\r\n2,z,\r\n'), 'text/csv');
    work('a');
    const task = await ended(id);
    expect(done).to.deep.equal(['a 3']);
    expect(task.pvt_total_rows_succeeded).to.equal(3);
    expect(await outputOf(task)).to.equal('n,by,error\r\n1,z,\r\n2,z,\r\n3,a,\r\n');
  });

  it('leaves alone what another has, and what it does not know', async () => {
    work('a');
    const held = await order(['1'], { pvt_claim: { id: 'other', until: Date.now() + 60_000 } });
    const strange = await order(['1'], { pvt_action: 'of a later version' });
    await ended(await order(['2']));
    expect(done).to.deep.equal(['a 2']);
    for (const id of [held, strange]) {
      expect(await tasks.get(id, { fresh: true })).to.include({ pvt_status: 'executing' });
      await tasks.remove(id, { hard: true });
    }
  });

  it('hands over after the row of the moment when the process stops', async () => {
    let release = (): void => undefined;
    const reached = new Promise<void>((resolve) => {
      onRow = (n) => {
        if (n !== '2' || done.length > 1) return;
        resolve();
        return new Promise((go) => {
          release = go;
        });
      };
    });
    const first = work('a');
    const id = await order(['1', '2', '3', '4']);
    await reached;
    const stopped = first.stop();
    release();
    await stopped;
    expect(done).to.deep.equal(['a 1', 'a 2']);
    work('b');
    const task = await ended(id);
    expect(done).to.deep.equal(['a 1', 'a 2', 'b 3', 'b 4']);
    expect(await outputOf(task)).to.equal('n,by,error\r\n1,a,\r\n2,a,\r\n3,b,\r\n4,b,\r\n');
  });

  it('does no more when its claim is lost', async () => {
    let id = '';
    onRow = async (n) => {
      if (n !== '2') return;
      await tasks.update(id, (task) => ({
        ...task,
        pvt_claim: { id: 'thief', until: Date.now() + 60_000 },
      }));
      // The next checkpoint finds out.
      await pause(1_050);
    };
    id = await order(['1', '2', '3'], { pvt_status: 'pending' });
    const worker = work('a');
    await tasks.update(id, (task) => ({ ...task, pvt_status: 'executing' }));
    await until(id, ({ pvt_claim }) => pvt_claim?.id === 'thief');
    await pause(0);
    await worker.stop();
    expect(done).to.deep.equal(['a 1', 'a 2']);
    const left = (await tasks.get(id, { fresh: true })) as TaskDocument;
    expect(left).to.include({ pvt_status: 'executing' });
    expect(left.pvt_total_rows_succeeded).to.equal(undefined);
    await tasks.remove(id, { hard: true });
  });

  it('has the rights of who ordered it, as they are now', async () => {
    const other = await rest.account('other');
    work('a');
    const foreign = await ended(
      await order(['1'], { pvt_auth_account_id: other.id, pvt_auth_user_id: other.userId }),
    );
    expect(foreign).to.include({ pvt_status: 'internal_error', pvt_error: 'no such account' });
    await other.send('PATCH', `users/${other.userId}`, { enabled: false });
    const disabled = await ended(
      await order(['1'], {
        pvt_account_id: other.id,
        pvt_auth_account_id: other.id,
        pvt_auth_user_id: other.userId,
      }),
    );
    expect(disabled).to.include({ pvt_status: 'internal_error' });
    expect(done).to.deep.equal([]);
  });
});
