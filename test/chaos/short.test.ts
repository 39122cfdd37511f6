// The short form of the chaos suite: losses that calls feel most. `npm run chaos` has all of them; the loss of the broker is not
// here, since how soon RabbitMQ itself is back is a matter of the machine.
import { expect } from 'chai';
import { startZone, type Zone } from '../e2e/zone.ts';
import { losses } from './losses.ts';
import { openArena } from './round.ts';

const chosen = ['kill -9 callflow 1', 'kill -9 ecallmgr 1'];

describe('live calls outlive', function () {
  this.timeout(240_000);
  let zone: Zone;
  let arena: Awaited<ReturnType<typeof openArena>>;
  before(async () => {
    zone = await startZone();
    arena = await openArena(zone);
  });
  after(async () => {
    await arena?.stop();
    await zone?.stop();
  });

  for (const loss of losses.filter(({ name }) => chosen.includes(name)))
    it(loss.name, async () => {
      expect(loss.cannot(zone)).to.equal(undefined);
      const findings = Object.entries(await arena.round(loss));
      expect(findings.flatMap(([what, { ok, text }]) => (ok ? [] : [`${what}: ${text}`]))).to.deep.equal([]);
    });
});
