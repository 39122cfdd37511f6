// Every plain resource lives the life that its declaration promises.
import { startRest } from '../testing/rest.ts';
import { type SequenceOptions, sequence } from '../testing/sequence.ts';
import type { Tenants } from '../testing/tenants.ts';
import { modules } from './index.ts';

/** What the examples of some resources refer to is made here, by the name of the resource. */
const preparations: Readonly<Record<string, SequenceOptions['prepare']>> = {};

describe('the life of', () => {
  let tenants: Tenants;
  before(async () => {
    const rest = await startRest();
    tenants = { rest, tenant: await rest.reseller('acme'), other: await rest.reseller('other') };
  });
  after(() => tenants.rest.stop());

  for (const module of modules) {
    if (!module.plain) continue;
    const prepare = preparations[module.name];
    describe(module.name, () => sequence(module, { tenants: () => tenants, ...(prepare && { prepare }) }));
  }
});
