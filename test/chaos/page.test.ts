// The tables on the page of what dies: one for each mix, row by row.
import { expect } from 'chai';
import { mixOfRun } from '../e2e/mix.ts';
import { titleOf, withTable } from './page.ts';

const byHand = '# When it dies\n\n';
const marker = '<!-- What follows is written by `npm run chaos -- --write`. -->';
const cases = ['kill a', 'kill b', 'kill c'];
const table = (title: string, rows: string[][], note = 'All of it.') => ({
  title,
  note,
  columns: ['case', 'menu'],
  rows,
});
const written = (before: string, ...tables: ReturnType<typeof table>[]): string =>
  tables.reduce((text, it) => withTable(text, it, '2 cores.', cases), before);

describe('the page of what dies', () => {
  it('has a table for each mix, below what is written by hand', () => {
    const text = written(`${byHand}${marker}\n`, table('One', [['kill a', 'heard']]), table('Two', []));
    expect(text).to.equal(
      `${byHand}${marker}\n\n## One\n\nAll of it.\n\n| case | menu |\n| --- | --- |\n| kill a | heard |\n\n2 cores.\n\n` +
        '## Two\n\nAll of it.\n\n| case | menu |\n| --- | --- |\n\n2 cores.\n',
    );
  });

  it('keeps the rows of other cases of the same mix, in order, and the other mixes as they are', () => {
    const before = written(marker, table('One', [['kill b', 'old']]), table('Two', [['kill b', 'other']]));
    const more = [
      ['kill c', 'new'],
      ['kill a', 'new'],
    ];
    const text = written(before, table('One', more));
    expect(text.match(/kill .*/g)).to.deep.equal([
      'kill a | new |',
      'kill b | old |',
      'kill c | new |',
      'kill b | other |',
    ]);
  });

  it('begins anew where it was measured in another way', () => {
    const text = written(
      marker,
      table('One', [['kill a', 'old']]),
      table('One', [['kill b', 'new']], 'Else.'),
    );
    expect(text.match(/kill .*/g)).to.deep.equal(['kill b | new |']);
  });

  it('names parts, not addresses', () => {
    const titles = [
      {},
      { MIRLITON_E2E_BUS: 'rabbitmq', MIRLITON_E2E_EDGE: 'kamailio' },
      {
        MIRLITON_E2E_BUS: 'rabbitmq-cluster',
        MIRLITON_E2E_STORE: 'http://admin:secret@host:5984,http://host:5985,http://host:5986',
        MIRLITON_E2E_SWITCH: 'host:8021:secret,host:8022:secret',
        MIRLITON_E2E_EDGE: 'drachtio:host:9022',
      },
    ].map((environment) => titleOf(mixOfRun(environment)));
    expect(titles).to.deep.equal([
      'Embedded broker, embedded store, embedded switches, embedded edge',
      'RabbitMQ, embedded store, embedded switches, two Kamailios',
      'Three RabbitMQs, a cluster of 3 CouchDBs, 2 FreeSWITCHes, drachtio',
    ]);
  });
});
