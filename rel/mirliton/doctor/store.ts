// Doctor: the nodes of the database, whether enough are up to write, its views, and its master account.
import { type CouchNodeState, databaseClassOf, probeCouch } from '../../../core/couch/index.ts';
import { type Check, type Finding, failed, ok, warning } from './check.ts';

export const databases: Check = {
  name: 'database',
  run: async (cli) => {
    const { store } = cli.settings();
    if (store.urls.length === 0)
      return [
        failed(
          'database',
          'no zone runs here and store.urls is not set',
          'start a zone (npm start), or name its settings with --config',
        ),
      ];
    const states = await Promise.all(store.urls.map((url) => probeCouch(url, store)));
    return [...states.map((state) => nodeFinding(state, states)), ...quorumFindings(states, store.quorum)];
  },
};

function nodeFinding(
  { url, up, version, seen, members, detail }: CouchNodeState,
  all: readonly CouchNodeState[],
): Finding {
  const what = `database ${url}`;
  if (!up) {
    const advice = 'start it (systemctl start couchdb), or look at its address, user and password in store';
    return (all.some((it) => it.up) ? warning : failed)(what, detail ?? 'does not answer', advice);
  }
  const missing = (members ?? []).filter((member) => !seen?.includes(member));
  if (missing.length === 0)
    return ok(what, `CouchDB ${version}, sees ${seen?.length} of ${members?.length} nodes`);
  return warning(
    what,
    `does not see ${missing.join(', ')}`,
    'start these nodes, or let them reach each other',
  );
}

/** How many copies can be written now, against what each class of databases demands. */
export function quorumFindings(
  states: readonly CouchNodeState[],
  quorum: Readonly<Record<string, { r?: number; w?: number }>>,
): Finding[] {
  const best = Math.max(0, ...states.map(({ seen }) => seen?.length ?? 0));
  const members = Math.max(0, ...states.map((state) => state.members?.length ?? 0));
  if (best === 0) return [];
  // CouchDB keeps three copies, of which two confirm a write, unless it has fewer nodes.
  const copies = Math.min(3, members);
  const usual = Math.floor(copies / 2) + 1;
  const demands = Object.entries(quorum).map(([name, { r = 0, w = 0 }]) => ({ name, needs: Math.max(r, w) }));
  const findings = [{ name: 'all databases', needs: usual }, ...demands].map(({ name, needs }): Finding => {
    const what = `quorum of ${name}`;
    const detail = `${best} of ${members} nodes are up, ${needs} are needed`;
    return best >= needs
      ? ok(what, detail)
      : failed(what, detail, 'start the database nodes that are down: writes are not safe, or are refused');
  });
  return findings;
}

/** Account databases are many: so many are looked at, the others are made up to date in the same way. */
const mostDatabases = 200;

export const views: Check = {
  name: 'views',
  run: async (cli) => {
    const store = await cli.store();
    const names = (await store.list()).slice(0, mostDatabases);
    const stale: string[] = [];
    for (const [index, name] of names.entries()) {
      cli.progress(index + 1, names.length, 'databases looked at');
      const outdated = await store.outdatedViews(name, databaseClassOf(name));
      if (outdated.length > 0) stale.push(`${name} (${outdated.join(', ')})`);
    }
    if (stale.length === 0) return [ok('views', `up to date in ${names.length} databases`)];
    const shown = stale.slice(0, 5).join(', ') + (stale.length > 5 ? ` and ${stale.length - 5} more` : '');
    return [failed('views', `missing or old in ${shown}`, 'mirliton views refresh')];
  },
};

export const masterAccount: Check = {
  name: 'master account',
  run: async (cli) => {
    const store = await cli.store();
    const advice = 'mirliton accounts create NAME REALM USER PASSWORD, or mirliton accounts promote ACCOUNT';
    if (!(await store.exists('accounts')))
      return [failed('master account', 'there is no account yet', advice)];
    const rows = await store.database('accounts').all({ includeDocs: true });
    const accounts = rows.flatMap(({ doc }) => (doc?.pvt_type === 'account' ? [doc] : []));
    const masters = accounts.filter((it) => it['pvt_superduper_admin'] === true);
    return masters.length > 0
      ? [ok('master account', `${String(masters[0]?.['name'])}; ${accounts.length} accounts`)]
      : [warning('master account', `none among ${accounts.length} accounts`, advice)];
  },
};

/** What a caller hears first when prompts are missing: nothing. */
export const prompts: Check = {
  name: 'prompts',
  run: async (cli) => {
    const store = await cli.store();
    const rows = await store.database('system_media').all();
    const languages = new Map<string, number>();
    for (const { id } of rows) {
      const [language, name] = decodeURIComponent(id).split('/');
      if (language && name) languages.set(language, (languages.get(language) ?? 0) + 1);
    }
    if (languages.size === 0)
      return [failed('prompts', 'there are none', 'mirliton media import, or start media_mgr once')];
    return [ok('prompts', [...languages].map(([language, count]) => `${language} ${count}`).join(', '))];
  },
};
