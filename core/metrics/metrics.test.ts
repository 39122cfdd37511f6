// Metrics are found again by name, and served with the health of the apps.
import { expect } from 'chai';
import { AppError } from '../errors/index.ts';
import { createMetrics, type Health, type MetricsServer, serveMetrics } from './index.ts';

describe('createMetrics', () => {
  it('makes a metric once and finds it after that', async () => {
    const metrics = createMetrics();
    metrics.counter('test_calls_total', 'calls', ['kind']).inc({ kind: 'a' });
    metrics.counter('test_calls_total', 'calls', ['kind']).inc({ kind: 'a' }, 2);
    metrics.gauge('test_actors', 'actors', () => 3);
    metrics.gauge('test_actors', 'actors', () => 4);
    metrics.histogram('test_wait_seconds', 'waiting', [0.1, 1], ['kind']).observe(0.5, { kind: 'b' });
    const text = await metrics.registry.metrics();
    expect(text).to.include('test_calls_total{kind="a"} 3');
    expect(text).to.include('test_actors 7');
    expect(text).to.include('test_wait_seconds_bucket{le="0.1",kind="b"} 0');
    expect(text).to.include('test_wait_seconds_bucket{le="1",kind="b"} 1');
    expect(text).to.include('nodejs_eventloop_lag');
    expect(() => metrics.gauge('test_calls_total', 'x', () => 1)).to.throw(AppError, /another type/);
  });

  it('keeps registries apart', async () => {
    createMetrics().counter('test_calls_total', 'calls').inc();
    expect(await createMetrics().registry.metrics()).not.to.include('test_calls_total');
  });
});

describe('serveMetrics', () => {
  let server: MetricsServer;
  let apps: () => Record<string, Health>;
  before(async () => {
    const { registry } = createMetrics();
    server = await serveMetrics({ host: '127.0.0.1', port: 0, registry, health: () => apps() });
  });
  after(() => server.stop());

  const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method });

  it('answers metrics as text', async () => {
    const response = await get('/metrics?x=1');
    expect(response.headers.get('content-type')).to.match(/^text\/plain/);
    expect(await response.text()).to.include('process_resident_memory_bytes');
  });

  it('answers 200 when all apps are well, else 503', async () => {
    apps = () => ({ callflow: { ok: true } });
    expect((await get('/health')).status).to.equal(200);
    apps = () => ({ callflow: { ok: true }, registrar: { ok: false, detail: 'no broker' } });
    const response = await get('/health');
    expect(response.status).to.equal(503);
    expect(await response.json()).to.deep.equal({ ok: false, apps: apps() });
    apps = () => {
      throw new Error('broken');
    };
    expect(await (await get('/health')).json()).to.deep.include({ ok: false });
  });

  it('knows nothing else', async () => {
    expect((await get('/')).status).to.equal(404);
    expect((await get('/health', 'POST')).status).to.equal(405);
  });

  it('says which port is taken', async () => {
    const { registry } = createMetrics();
    const again = serveMetrics({ host: '127.0.0.1', port: server.port, registry, health: () => ({}) });
    expect(await again.catch((error: AppError) => error.message)).to.include(String(server.port));
  });
});
