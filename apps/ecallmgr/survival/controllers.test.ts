// Who is given up: an app of ours that is silent, and any whose queue is gone; not one by others that answers no questions.
import { expect } from 'chai';
import type { Bus } from '../../../core/amqp/index.ts';
import { AppError, type ErrorCode } from '../../../core/errors/index.ts';
import { fakeBus, silentLog } from '../../../core/testing/index.ts';
import { Controllers } from './controllers.ts';

describe('the controllers of calls', () => {
  /** Resolves with whether it is given up, after it was asked often enough; `answer` says how each question ends. */
  const givenUp = async (answer: (question: number) => ErrorCode | undefined, enough: number) => {
    let asked = 0;
    let enoughAsked: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      enoughAsked = resolve;
    });
    const request = (async () => {
      asked += 1;
      if (asked >= enough) enoughAsked();
      const code = answer(asked);
      if (code !== undefined) throw new AppError(code);
      return {} as never;
    }) as Bus['request'];
    let lost = false;
    const giveUp = (): void => {
      lost = true;
      enoughAsked();
    };
    const bus = { ...fakeBus(), request };
    const watched = { serverId: 'somebody', giveUp };
    const controllers = new Controllers(bus, () => (lost ? [] : [watched]), silentLog(), {
      askEvery: 2,
      deadAfter: 5,
    });
    await over;
    controllers.stop();
    return { lost, asked };
  };

  it('are given up when they have answered and do no more', async () => {
    expect((await givenUp((question) => (question > 1 ? 'request_timeout' : undefined), 50)).lost).to.equal(
      true,
    );
  });

  it('are given up when their queue is gone', async () => {
    expect(await givenUp(() => 'nobody_listens', 50)).to.deep.equal({ lost: true, asked: 2 });
  });

  it('are left alone when they never answer, as apps by others do', async () => {
    expect(await givenUp(() => 'request_timeout', 6)).to.deep.equal({ lost: false, asked: 6 });
  });

  it('are given up when they never answered and their queue is gone later', async () => {
    const codes = (question: number): ErrorCode => (question > 3 ? 'nobody_listens' : 'request_timeout');
    expect((await givenUp(codes, 50)).lost).to.equal(true);
  });
});
