// A start waits as long as it takes, and says for what.
import { expect } from 'chai';
import type { Bus } from '../../core/amqp/index.ts';
import type { Store } from '../../core/couch/index.ts';
import { AppError } from '../../core/errors/index.ts';
import { waitForBusAndStore, waitForHealth, waitUntilThere } from './waiting.ts';

describe('a start', () => {
  const quiet = (): void => undefined;

  it('waits until nothing is missing', async () => {
    const missing = ['broker', 'store'];
    await waitUntilThere(() => missing.shift(), quiet);
    expect(missing).to.deep.equal([]);
  });

  it('says for what it waits when it takes long', async () => {
    let told = '';
    await waitUntilThere(
      () => (told === '' ? 'the broker' : undefined),
      (what) => {
        told = what;
      },
      0,
    );
    expect(told).to.equal('the broker');
  });

  it('goes on when broker and store answer', async () => {
    let looks = 0;
    const bus = { status: () => ({ connected: looks > 1 }) } as unknown as Bus;
    const exists = async () => {
      looks += 1;
      if (looks < 3) throw new AppError('datastore_unreachable', { message: 'nobody there' });
      return false;
    };
    await waitForBusAndStore(bus, { exists } as unknown as Store, quiet);
    expect(looks).to.equal(3);
  });

  it('ends when the store knows neither user nor password', async () => {
    const bus = { status: () => ({ connected: true }) } as unknown as Bus;
    const exists = async () => {
      throw new AppError('datastore_fault', { message: 'refused', details: { status: 401 } });
    };
    const error = await waitForBusAndStore(bus, { exists } as unknown as Store, quiet).catch((it) => it);
    expect(error).to.be.instanceOf(AppError).and.to.include({ code: 'invalid_config' });
  });

  it('waits for the apps', async () => {
    const answers = [{ edge: { ok: false, detail: 'no media server' } }, { edge: { ok: true } }];
    await waitForHealth(() => answers.shift() ?? {}, quiet);
    expect(answers).to.deep.equal([]);
  });
});
