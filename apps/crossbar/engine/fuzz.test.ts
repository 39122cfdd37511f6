// No request, however bent, makes the server fail; the short form of `npm run fuzz`.
import { expect } from 'chai';
import { modules } from '../resources/index.ts';
import { fuzz } from '../testing/fuzz.ts';
import { startRest } from '../testing/rest.ts';

describe('bent requests', () => {
  it('are never answered with a failure of the server', async function () {
    this.timeout(240_000);
    const rest = await startRest();
    const tenant = await rest.account('acme');
    const { findings, succeeded } = await fuzz(rest, tenant, modules, { seed: 20_261_127, count: 2000 });
    await rest.stop();
    expect(findings).to.deep.equal([]);
    // Requests that are all refused at the door would find nothing.
    expect(succeeded).to.be.above(400);
  });
});
