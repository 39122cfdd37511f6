// The crossbar that the tests of a file share, with two accounts that are none of each other's.
import { type Rest, startRest, type Tenant } from './rest.ts';

/** Whom the tests of a file have. */
export interface Tenants {
  readonly rest: Rest;
  /** `acme`. */
  readonly tenant: Tenant;
  readonly other: Tenant;
}

/** Starts it before the tests of the suite around and stops it after them. What it gives is there when they run. */
export function tenants(): Tenants {
  let started: Tenants;
  before(async () => {
    const rest = await startRest();
    started = { rest, tenant: await rest.account('acme'), other: await rest.account('other') };
  });
  after(() => started.rest.stop());
  return {
    rest: later(() => started.rest),
    tenant: later(() => started.tenant),
    other: later(() => started.other),
  };
}

/** What stands for something that is not there yet, so that a suite can name it. */
export function later<T extends object>(find: () => T): T {
  return new Proxy({} as T, { get: (_, key) => Reflect.get(find(), key) });
}
