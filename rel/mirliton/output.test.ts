// Tables for people, JSON for scripts, progress beside both.
import { expect } from 'chai';
import { createOutput, duration, renderTable } from './output.ts';

const sink = (isTTY = false) => {
  const written: string[] = [];
  return { isTTY, write: (text: string) => written.push(text), text: () => written.join('') };
};

describe('output', () => {
  const rows = [
    { name: 'a', count: 5, note: 'x' },
    { name: 'longer', count: 12, note: '' },
  ];
  const columns = {
    name: (row: (typeof rows)[number]) => row.name,
    count: (row: (typeof rows)[number]) => row.count,
    note: (row: (typeof rows)[number]) => row.note,
  };

  it('aligns columns, numbers to the right', () => {
    expect(renderTable(rows, columns).split('\n')).to.deep.equal([
      'NAME    COUNT  NOTE',
      'a           5  x',
      'longer     12  -',
    ]);
  });

  it('lets nothing steer the terminal', () => {
    const table = renderTable([{ name: '\u001b[2Jx\n' }], { name: ({ name }) => name });
    expect(table).to.equal('NAME\n [2Jx');
  });

  it('is JSON with --json, also when there is nothing', () => {
    const [out, err] = [sink(), sink()];
    const output = createOutput(true, out, err);
    output.table([], columns);
    expect(JSON.parse(out.text())).to.deep.equal([]);
    const done = sink();
    createOutput(true, done, err).done('it is done', { id: 1 });
    expect(JSON.parse(done.text())).to.deep.equal({ id: 1, message: 'it is done' });
  });

  it('says so when a table is empty', () => {
    const out = sink();
    createOutput(false, out, sink()).table([], columns, 'nobody is here');
    expect(out.text()).to.equal('nobody is here\n');
  });

  it('shows progress on a terminal, and keeps still about short work elsewhere', () => {
    const [terminal, file, out] = [sink(true), sink(), sink()];
    createOutput(false, out, terminal).progress(1, 2, 'things');
    createOutput(false, out, file).progress(2, 2, 'things');
    expect(terminal.text()).to.include('1 of 2 things');
    expect(file.text()).to.equal('');
    expect(out.text()).to.equal('');
  });

  it('says durations as people do', () => {
    expect([5, 170, 7_200, 11_100, 180_000].map(duration)).to.deep.equal([
      '5 s',
      '2 min',
      '2 h 0 min',
      '3 h 5 min',
      '2 d 2 h',
    ]);
  });
});
