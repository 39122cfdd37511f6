// The trace of the work at hand, and the spans that are sent of it.
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { expect } from 'chai';
import {
  currentTrace,
  currentTraceparent,
  formatTraceparent,
  inSpan,
  inTrace,
  parseTraceparent,
  recordSpan,
  startTracing,
  traceOfCall,
  withTrace,
} from './index.ts';

const header = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('traceparent', () => {
  it('is read and written as W3C says', () => {
    const trace = parseTraceparent(header);
    expect(trace).to.deep.equal({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      sampled: true,
    });
    expect(trace && formatTraceparent(trace)).to.equal(header);
  });

  for (const bad of [
    undefined,
    7,
    '',
    'nonsense',
    header.replace('00-', 'ff-'),
    header.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
    header.replace('00f067aa0ba902b7', '0'.repeat(16)),
    header.toUpperCase(),
  ])
    it(`ignores ${JSON.stringify(bad)}`, () => expect(parseTraceparent(bad)).to.equal(undefined));

  it('is carried along over awaits, and not out of its work', async () => {
    await withTrace(parseTraceparent(header), async () => {
      await Promise.resolve();
      expect(currentTraceparent()).to.equal(header);
    });
    expect(currentTrace()).to.equal(undefined);
  });
});

describe('the trace of a call', () => {
  it('is the same wherever it is asked for, and another for another call', () => {
    expect(traceOfCall('63900000000-0a0b0c0d')).to.deep.equal(traceOfCall('63900000000-0a0b0c0d'));
    expect(traceOfCall('a').traceId).not.to.equal(traceOfCall('b').traceId);
  });
});

describe('spans', () => {
  const start = async (extra: Record<string, string> = {}) => {
    const exporter = new InMemorySpanExporter();
    const environment = { OTEL_SERVICE_NAME: 'test', ...extra };
    const tracing = await startTracing({ environment, version: '1', node: 'test@host', exporter });
    // A stopped exporter forgets what it has: it is read before.
    const read = async () => {
      const spans: ReturnType<InMemorySpanExporter['getFinishedSpans']> = [];
      exporter.shutdown = () => {
        spans.push(...exporter.getFinishedSpans());
        return Promise.resolve();
      };
      await tracing.stop();
      return spans;
    };
    return { read };
  };

  it('are children of the span at hand, in one trace from the root of a call', async () => {
    const { read } = await start();
    const trace = traceOfCall('one call');
    await withTrace(trace, () =>
      inSpan('outer', { kind: 'consumer', attributes: { a: 1 } }, async () => {
        await Promise.resolve();
        expect(currentTrace()?.traceId).to.equal(trace.traceId);
        inSpan('inner', {}, () => undefined);
      }),
    );
    const now = Date.now();
    recordSpan('call', { trace, start: now - 1_500, end: now, attributes: { cause: 'NORMAL_CLEARING' } });
    const spans = await read();
    expect(spans.map(({ name }) => name)).to.deep.equal(['inner', 'outer', 'call']);
    const [inner, outer, root] = spans;
    expect(new Set(spans.map((span) => span.spanContext().traceId))).to.deep.equal(new Set([trace.traceId]));
    expect(inner?.parentSpanContext?.spanId).to.equal(outer?.spanContext().spanId);
    expect(outer?.parentSpanContext?.spanId).to.equal(trace.spanId);
    expect(root?.spanContext().spanId).to.equal(trace.spanId);
    expect(root?.parentSpanContext).to.equal(undefined);
    expect(root?.duration).to.deep.equal([1, 500_000_000]);
    expect(root?.resource.attributes).to.include({
      'service.name': 'test',
      'service.instance.id': 'test@host',
    });
  });

  it('say what failed, and the error goes on', async () => {
    const { read } = await start();
    const failing = inTrace('request', { kind: 'server' }, () => Promise.reject(new Error('no such thing')));
    expect(await failing.catch((error: Error) => error.message)).to.equal('no such thing');
    expect(() =>
      inTrace('at once', {}, () => {
        throw new Error('broken');
      }),
    ).to.throw('broken');
    const spans = await read();
    expect(spans.map(({ status }) => status.message)).to.deep.equal(['no such thing', 'broken']);
  });

  it('are sent of a share of the traces, decided by the trace alone', async () => {
    const { read } = await start({ OTEL_TRACES_SAMPLER_ARG: '0' });
    expect(traceOfCall('any').sampled).to.equal(false);
    withTrace(traceOfCall('any'), () => inSpan('unseen', {}, () => undefined));
    expect(await read()).to.deep.equal([]);
  });

  it('are not made when nobody has asked for them', async () => {
    const { stop } = await startTracing({ environment: {}, version: '1', node: 'n' });
    expect(inTrace('x', {}, () => currentTrace())).to.equal(undefined);
    await stop();
  });

  it('refuses a ratio that is none', async () => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_TRACES_SAMPLER_ARG: '50 %',
    };
    const error = await startTracing({ environment, version: '1', node: 'n' }).catch((it: Error) => it);
    expect(error)
      .to.have.property('message')
      .that.matches(/from 0 to 1, not "50 %"/);
  });
});
