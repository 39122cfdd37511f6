// CDRs on their way: they wait until somebody can store them, and what cannot be one is not kept for ever.
import { expect } from 'chai';
import { cdrReport } from '../../core/messages/cdr.ts';
import { fakeBus, silentLog } from '../../core/testing/index.ts';
import { createOutbox } from './outbox.ts';
import { storeCdrs } from './testing/calls.ts';

const id = 'cdr-call-1';
const report = { 'Account-ID': 'acc1', 'Call-ID': 'call-1', 'Duration-Seconds': 3 };

describe('CDRs on their way', () => {
  it('wait until there is a queue for them, and are done with then', async () => {
    const bus = fakeBus();
    const log = silentLog();
    const outbox = createOutbox(bus, log, 1);
    const done = new Promise<void>((resolve) =>
      outbox.send(cdrReport, report, { id, mandatory: true, onDone: resolve }),
    );
    while (bus.named('report').length < 3) await new Promise(setImmediate);
    expect(outbox.find(id)).to.equal('waiting');
    expect(log.records.filter(({ message }) => /waits for the broker/.test(message))).to.have.length(1);
    await storeCdrs(bus);
    await done;
    expect(outbox.find(id)).to.equal('done');
    expect(new Set(bus.named('report').map((it) => it['Msg-ID'])).size).to.equal(1);
    await outbox.idle(AbortSignal.timeout(1_000));
    outbox.stop();
    await bus.close();
  });

  it('are told of when they are no reports at all', async () => {
    const bus = fakeBus();
    const log = silentLog();
    const outbox = createOutbox(bus, log, 1);
    const bad = { ...report, 'Duration-Seconds': 'long' } as unknown as typeof report;
    await new Promise<void>((resolve) => outbox.send(cdrReport, bad, { id, onDone: resolve }));
    expect(log.records.map(({ message }) => message)).to.include('a message is lost');
    expect(outbox.waiting).to.equal(0);
    await bus.close();
  });
});
