// mirliton doctor: looks at every part, names those that are down, and says what to do.
import { toAppError } from '../../../core/errors/index.ts';
import type { Cli } from '../cli.ts';
import { command } from '../command.ts';
import { type Check, checks, type Finding } from '../doctor/index.ts';
import { renderTable } from '../output.ts';

type Found = Finding & { readonly check: string };

export const doctorCommand = command({
  name: 'doctor',
  summary: 'looks at every part, names what is down, and says what to do',
  details:
    'Settings, Node, disk, brokers, databases and their quorum, the edge, the REST API, every app, missing nodes, dead ' +
    'letters, media servers and their modules, views, the master account, prompts. Exit code 1 when something has ' +
    'failed; a warning alone leaves it at 0.',
  run: async (_, cli) => {
    const found = await examine(cli);
    cli.show({ healthy: isHealthy(found), findings: found }, () => render(found));
    return isHealthy(found) ? 0 : 1;
  },
});

const isHealthy = (found: readonly Found[]): boolean => found.every(({ state }) => state !== 'failed');

async function examine(cli: Cli): Promise<Found[]> {
  const first = await Promise.all(checks.first.map((check) => run(check, cli)));
  const isUp = (name: string): boolean =>
    first.flat().some(({ check, state, what }) => check === name && state === 'ok' && what.startsWith(name));
  const later = await Promise.all([
    ...checks.bus.map((check) => (isUp('broker') ? run(check, cli) : skipped(check, 'broker'))),
    ...checks.store.map((check) => (isUp('database') ? run(check, cli) : skipped(check, 'database'))),
  ]);
  return [...first, ...later].flat();
}

/** A check that cannot be made is a finding like any other. */
async function run(check: Check, cli: Cli): Promise<Found[]> {
  try {
    return (await check.run(cli)).map((finding) => ({ check: check.name, ...finding }));
  } catch (error) {
    const detail = toAppError(error).message;
    return [
      {
        check: check.name,
        state: 'failed',
        what: check.name,
        detail,
        advice: 'mend what it says and try again',
      },
    ];
  }
}

const skipped = (check: Check, part: string): Found[] => [
  {
    check: check.name,
    state: 'failed',
    what: check.name,
    detail: `cannot be looked at without the ${part}`,
    advice: `mend the ${part} first`,
  },
];

const marks = { ok: 'ok', warning: 'WARN', failed: 'FAILED' } as const;

function render(found: readonly Found[]): string {
  const rows = renderTable(found, {
    state: ({ state }) => marks[state],
    what: ({ what }) => what,
    detail: ({ detail }) => detail,
  });
  const todo = found.filter(({ advice }) => advice !== undefined);
  const advice = todo.map(({ what, advice: words }) => `  ${what}: ${words}`);
  const end = isHealthy(found) ? 'Everything that is needed works.' : 'Something is down.';
  return [rows, ...(todo.length > 0 ? ['', 'What to do:', ...advice] : []), '', end].join('\n');
}
