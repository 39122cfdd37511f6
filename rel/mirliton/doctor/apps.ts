// Doctor: every app answers a ping, nobody is missing, nothing waits among the dead letters.
import { openDeadLetters } from '../../../core/amqp/index.ts';
import { askProcesses, durableQueues, goneNodes, pingApps } from '../cluster.ts';
import { duration } from '../output.ts';
import { type Check, type Finding, failed, ok, warning } from './check.ts';

/** Without these there are no calls, or nobody can change anything. The edge is looked at by itself. */
const needed = ['callflow', 'cdr', 'crossbar', 'ecallmgr', 'media_mgr', 'registrar', 'trunkstore'];

export const apps: Check = {
  name: 'apps',
  run: async (cli) => {
    const answers = await pingApps(await cli.bus(), needed);
    const names = [...new Set([...needed, ...answers.map(({ App }) => App)])].sort();
    return names.map((name): Finding => {
      const instances = answers.filter(({ App }) => App === name);
      const what = `app ${name}`;
      if (instances.length === 0)
        return failed(
          what,
          'nobody answers a ping',
          `mirliton start --apps ${name}, or look at the log of its process`,
        );
      const sick = instances.filter(({ Healthy }) => !Healthy);
      const where = instances.map(({ Node }) => Node).join(', ');
      if (sick.length === 0) return ok(what, where);
      const why = sick.map(({ Node, Detail }) => `${Node}: ${Detail ?? 'not well'}`).join('; ');
      return (sick.length < instances.length ? warning : failed)(
        what,
        why,
        'what it names is to be mended first',
      );
    });
  },
};

export const nodes: Check = {
  name: 'nodes',
  run: async (cli) => {
    const processes = await askProcesses(await cli.bus());
    const gone = goneNodes(processes);
    if (gone.length === 0) return [ok('nodes', `${processes.length} processes, nobody is missing`)];
    return gone.map(({ node, age, apps: lost }) =>
      failed(
        `node ${node}`,
        `silent for ${duration(age)}${lost.length > 0 ? `; it ran ${lost.join(', ')}` : ''}`,
        'start it again, or wait ten minutes if it was taken away for good',
      ),
    );
  },
};

export const deadLetters: Check = {
  name: 'dead letters',
  run: async (cli) => {
    const queues = await durableQueues(await cli.bus());
    const letters = await openDeadLetters(cli.settings().bus.urls);
    try {
      const found: Finding[] = [];
      for (const queue of queues) {
        const count = (await letters.list(queue)).length;
        if (count === 0) continue;
        const detail = `${count >= 100 ? '100 or more' : count} messages were given up`;
        found.push(
          warning(`queue ${queue}`, detail, `mirliton dead-letters list ${queue}, then replay or drop them`),
        );
      }
      return found.length > 0 ? found : [ok('dead letters', `none in ${queues.length} queues`)];
    } finally {
      await letters.close();
    }
  },
};
