// Lists that are longer than memory should hold: in pieces, at the client's pace, as JSON, CSV and PDF; and what breaks them off.
import { get, type IncomingMessage } from 'node:http';
import { expect } from 'chai';
import type { ViewRow } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { startServices } from '../services.ts';
import { type Rest, startRest } from '../testing/rest.ts';
import { type RestModule, type RestServer, startServer } from './index.ts';
import { gathered, listReply } from './list.ts';
import { pageQuery } from './paging.ts';

interface Body {
  readonly data: readonly { readonly id: string; readonly deep: object }[];
  readonly page_size?: unknown;
  readonly start_key?: unknown;
  readonly next_start_key?: unknown;
  readonly message?: string;
}

const bodyOf = async (answer: Response): Promise<Body> => (await answer.json()) as Body;

/** Rows that there are. */
const total = 20_000;

describe('long lists', () => {
  let rest: Rest;
  let server: RestServer;
  /** Rows that were read of the source. */
  let read = 0;
  /** Where the source fails. */
  let broken = Number.POSITIVE_INFINITY;
  /** Characters of a row. */
  let width = 100;
  const rowAt = (at: number): ViewRow => ({
    id: `id${at}`,
    key: at,
    value: {
      id: `id${at}`,
      text: at === 7 ? 'a "quoted", text' : 'x'.repeat(width),
      deep: { in: at, out: 1 },
    },
  });
  const source: RestModule = {
    name: 'rows',
    summary: 'Rows',
    endpoints: ['', '/gathered'].map((path) => ({
      path: `/rows${path}`,
      operations: {
        GET: {
          permission: 'public',
          summary: 'Rows',
          list: true,
          run: async (request) => {
            const reply = listReply(await pageQuery(request), { fileName: 'rows' }, async (start, limit) => {
              const from = Number(start?.key ?? 0);
              const to = Math.min(from + limit, total);
              if (to > broken) throw new AppError('datastore_unreachable');
              read += to - from;
              return Array.from({ length: to - from }, (_, at) => rowAt(from + at));
            });
            return path === '' ? reply : gathered(reply);
          },
        },
      },
    })),
  };
  before(async () => {
    rest = await startRest();
    const services = await startServices(rest.context);
    server = await startServer(services, [source], { host: '127.0.0.1', port: 0 });
  });
  after(async () => {
    await server.stop();
    await rest.stop();
  });
  beforeEach(() => {
    read = 0;
    broken = Number.POSITIVE_INFINITY;
    width = 100;
  });

  const url = (query: string): string => `http://127.0.0.1:${server.port}/v2/rows${query}`;
  const json = async (query: string) => bodyOf(await fetch(url(query)));

  it('come whole when they are asked for whole', async () => {
    const answer = await fetch(url('?paginate=false'));
    expect(answer.headers.get('transfer-encoding')).to.equal('chunked');
    expect(answer.headers.get('content-encoding')).to.equal('gzip');
    const body = await bodyOf(answer);
    expect(body.data.map((row: { id: string }) => row.id)).to.deep.equal(
      Array.from({ length: total }, (_, at) => `id${at}`),
    );
    expect(body).to.include({ status: 'success' }).and.not.have.property('page_size');
  });

  it('have pages of any size', async () => {
    const first = await json('?page_size=1700');
    expect([first.data.length, first.page_size]).to.deep.equal([1700, 1700]);
    const second = await json(`?page_size=1700&start_key=${first.next_start_key}`);
    expect([second.data[0]?.id, second.start_key]).to.deep.equal(['id1700', first.next_start_key]);
    expect(read).to.be.below(4000);
    const chunked = await json('?is_chunked=true&page_size=1700');
    expect([chunked.data.length, chunked.page_size, chunked.next_start_key]).to.deep.equal([
      1700,
      '1700',
      first.next_start_key,
    ]);
  });

  it('come as CSV, under the name that the client gives', async () => {
    const answer = await fetch(url('?paginate=false&accept=csv'), { headers: { 'x-file-name': 'my rows' } });
    expect(answer.headers.get('content-disposition')).to.equal('attachment; filename="my_rows.csv"');
    const lines = (await answer.text()).split('\r\n');
    expect(lines).to.have.length(total + 2);
    expect([lines[0], lines[8]]).to.deep.equal([
      'id,text,deep',
      'id7,"a ""quoted"", text","{""in"":7,""out"":1}"',
    ]);
  });

  it('come as PDF', async () => {
    const answer = await fetch(url('?page_size=100'), { headers: { accept: 'application/pdf' } });
    const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    expect(answer.headers.get('content-type')).to.equal('application/pdf');
    expect(text).to.match(/^%PDF-1\.\d[\s\S]*%%EOF\s*$/);
    // A4 has room for some 40 lines.
    expect(text.match(/\/Type \/Page\b(?!s)/g)).to.have.length(3);
  });

  it('have only the fields that are asked for', async () => {
    expect((await json('?page_size=2&fields=id,deep.in')).data).to.deep.equal([
      { id: 'id0', deep: { in: 0 } },
      { id: 'id1', deep: { in: 1 } },
    ]);
    const text = await (await fetch(url('?page_size=1&fields=["id"]&accept=csv'))).text();
    expect(text).to.equal('id\r\nid0\r\n');
    const wrong = await fetch(url('?fields=["id"'));
    expect([wrong.status, (await bodyOf(wrong)).data]).to.have.nested.property('[1].fields.type');
  });

  it('are wrapped in the function of a page, and made readable', async () => {
    const text = await (await fetch(url('?paginate=false&jsonp=show'))).text();
    expect(JSON.parse(text.slice('show('.length, -2)).data).to.have.length(total);
    expect(await (await fetch(url('?page_size=2&pretty_print=true'))).text()).to.match(
      /^{\n {2}"data": \[\n/,
    );
    expect((await json('?paginate=false&pretty_print=true')).data).to.have.length(total);
  });

  it('have a head alone', async () => {
    const answer = await fetch(url('?paginate=false'), { method: 'HEAD' });
    expect([answer.status, await answer.text()]).to.deep.equal([200, '']);
    expect(read).to.be.below(1000);
  });

  const opened = (query: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      get(url(query), resolve).once('error', reject);
    });

  it('are read at the pace of the client, and no further when it goes away', async () => {
    width = 5000;
    const answer = await opened('?paginate=false');
    await new Promise((resolve) => answer.once('readable', resolve));
    // What fits into the buffers of two sockets has been read by now, but not all.
    const early = read;
    expect(early).to.be.below(total);
    const closed = new Promise((resolve) => answer.once('close', resolve));
    answer.destroy();
    await closed;
    await json('?page_size=1');
    const late = read;
    await json('?page_size=1');
    expect(read - late).to.equal(2);
  });

  it('break off when the source does, so that no client takes a part for the whole', async () => {
    broken = 5000;
    const outcome = await fetch(url('?paginate=false'))
      .then((answer) => answer.text())
      .then(
        () => 'whole',
        () => 'broken',
      );
    expect(outcome).to.equal('broken');
    expect(rest.log.at('error').filter((message) => message === 'an answer broke off')).to.have.length(1);
    broken = 100;
    const refused = await fetch(url('?paginate=false'));
    expect([refused.status, (await bodyOf(refused)).message]).to.deep.equal([503, 'datastore_unreachable']);
  });
});
