// What is played when media_mgr, or the broker between, is away for a moment.
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { hasCode } from '../../core/errors/index.ts';
import { mediaError, mediaReq, mediaResp } from '../../core/messages/media.ts';
import { type FakeBus, fakeBus } from '../../core/testing/index.ts';
import { createMedia } from './media.ts';

describe('media of a call', () => {
  const request = { callId: 'c1', recordings: '/tmp' };
  let bus: FakeBus;
  beforeEach(() => {
    bus = fakeBus();
  });
  afterEach(() => bus.close());

  const serves = () =>
    bus.consume({ bindings: [{ exchange: 'kapps', key: 'media_req' }], contracts: [mediaReq] }, (asked) =>
      asked.message['Media-Name'] === '/a/m'
        ? bus.reply(asked, mediaResp, { 'Media-Name': '/a/m', 'Stream-URL': 'http://m/1' })
        : bus.reply(asked, mediaError, { 'Media-Name': '/a/none', 'Error-Code': 'not_found' }),
    );

  it('waits for whoever knows where it is', async () => {
    const url = createMedia(bus).playable('/a/m', request);
    await pause(50);
    await serves();
    expect(await url).to.equal('http://m/1');
  });

  it('does not wait when there is none', async () => {
    await serves();
    const error = await createMedia(bus)
      .playable('/a/none', request)
      .catch((problem: unknown) => problem);
    expect(hasCode(error, 'not_found')).to.equal(true);
  });
});
