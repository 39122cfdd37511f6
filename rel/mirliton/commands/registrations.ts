// mirliton registrations: the phones that are registered, and forgetting them.
import { regFlush, regQuery } from '../../../core/messages/registration.ts';
import { patience } from '../cluster.ts';
import { command, flag, text } from '../command.ts';

type Registration = Readonly<Record<string, unknown>>;

export const registrationsCommand = command({
  name: 'registrations',
  summary: 'the phones that are registered; --flush forgets them',
  details:
    'A phone that is forgotten cannot be called until it registers again; --cache only makes the edge ask for its ' +
    'password again.',
  options: {
    realm: text('REALM', 'in this realm'),
    user: text('NAME', 'of this user name'),
    count: flag('only how many'),
    flush: flag('forget those that are listed'),
    cache: flag('with --flush: forget what the edges know of their passwords, and leave them registered'),
  },
  examples: [
    'mirliton registrations --realm acme.example',
    'mirliton registrations --realm acme.example --flush',
  ],
  run: async ({ options: { realm, user, count, flush, cache } }, cli) => {
    const bus = await cli.bus();
    const answers = await bus.collect(
      regQuery,
      { Realm: realm ?? '*', Username: user ?? '*' },
      { timeout: patience },
    );
    const rows = distinct(answers.flatMap((it) => ('Fields' in it ? (it.Fields ?? []) : [])));
    if (flush) {
      // A realm or user that is not registered may still be known to the edges.
      const realms = realm === undefined ? [...new Set(rows.map(({ Realm }) => String(Realm)))] : [realm];
      for (const Realm of realms)
        await bus.publish(regFlush, { Realm, Username: user, 'Cache-Only': cache || undefined });
      return cli.done(`${rows.length} registrations flushed in ${realms.length} realms`, {
        flushed: rows.length,
        realms,
      });
    }
    if (count) return cli.show({ count: rows.length }, () => String(rows.length));
    cli.table(
      rows,
      {
        user: ({ Username, Realm }) => `${String(Username)}@${String(Realm)}`,
        contact: ({ Contact }) => Contact,
        from: (it) => it['Source-IP'] ?? it['Network-IP'],
        expires: ({ Expires }) => Expires,
        'user agent': (it) => it['User-Agent'],
        edge: (it) => it['Registrar-Node'],
      },
      'nobody is registered',
    );
  },
});

/** Every registrar keeps the whole table: each contact once. */
function distinct(found: readonly Registration[]): Registration[] {
  const byContact = new Map(
    found.map((it) => [`${String(it['Username'])}@${String(it['Realm'])} ${String(it['Contact'])}`, it]),
  );
  return [...byContact].sort(([a], [b]) => a.localeCompare(b)).map(([, it]) => it);
}
