// The lists of applications and API commands agree with their folders; a switch starts, refuses a taken port, and stops.

import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { apis } from './apis/index.ts';
import { applications } from './applications/index.ts';
import { startSwitch } from './index.ts';

describe('the embedded switch', () => {
  for (const [folder, list] of [
    ['applications', applications],
    ['apis', apis],
  ] as const) {
    it(`lists its ${folder} as the folder has them`, () => {
      const files = readdirSync(new URL(folder, import.meta.url))
        .filter((file) => file.endsWith('.ts') && file !== 'index.ts' && !file.endsWith('.test.ts'))
        .map((file) => file.slice(0, -3));
      expect([...list.keys()].toSorted()).to.deep.equal(files.toSorted());
    });
  }

  const options = (port: number) => ({
    eventSocket: { host: '127.0.0.1', port, password: 'x' },
    sip: { host: '127.0.0.1', port: 0 },
    rtp: { host: '127.0.0.1', portMin: 0, portMax: 0 },
    recordingsDir: '/tmp',
  });

  it('starts on free ports and stops', async () => {
    const running = await startSwitch(options(0));
    expect(running.eventSocketPort).to.be.greaterThan(0);
    expect(running.sipPort).to.be.greaterThan(0);
    expect(running.calls()).to.equal(0);
    await running.stop();
  });

  it('says so when a port is taken, and leaves nothing open', async () => {
    const first = await startSwitch(options(0));
    const second = await startSwitch(options(first.eventSocketPort)).catch((error: unknown) => error);
    expect(second).to.have.property('code', 'EADDRINUSE');
    await first.stop();
  });
});
