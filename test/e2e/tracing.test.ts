// One trace for one call, from the INVITE to its CDR, as a collector of OpenTelemetry receives it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { newAccount } from './account.ts';
import { eventually } from './eventually.ts';
import { call, fixtures } from './fixtures.ts';
import { startZone } from './zone.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

/** An OTLP collector that keeps what it is sent. */
async function startCollector() {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
      const { resourceSpans } = JSON.parse(text.toString()) as {
        resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
      };
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { spans, url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

describe('a traced zone', function () {
  this.timeout(120_000);
  const use = fixtures();

  it('sends one trace of a call, from the INVITE to its CDR', async () => {
    const collector = await startCollector();
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.url;
    const zone = await startZone().finally(() => delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT']);
    let legs: { interaction_id: string }[] = [];
    try {
      const account = await newAccount(zone);
      const b = await use.callee(await account.extension('500'), 'answer', { ms: 100 });
      await call(await account.device(), '500');
      await b.done;
      legs = await eventually(async () => {
        const rows = await account.rest.get('cdrs');
        expect(rows).to.have.length(2);
        return rows;
      });
    } finally {
      // What has not been sent yet is sent now.
      await zone.stop();
      collector.stop();
    }
    const roots = collector.spans.filter(({ name }) => name === 'call');
    expect(roots).to.have.length(1);
    const [root] = roots as [Span];
    expect(root.parentSpanId || undefined).to.equal(undefined);
    const trace = collector.spans.filter(({ traceId }) => traceId === root.traceId);
    expect(trace.map(({ name }) => name)).to.include.members([
      'call',
      'leg outbound',
      'process dialplan/route_req',
      'action device',
      'process cdr/report',
    ]);
    // Every span hangs on another one of the trace: nothing of the call lies beside it.
    const ids = new Set(trace.map(({ spanId }) => spanId));
    expect(trace.filter((span) => span !== root && !ids.has(span.parentSpanId ?? ''))).to.deep.equal([]);
    expect(new Set(legs.map(({ interaction_id }) => interaction_id)).size).to.equal(1);
  });
});
