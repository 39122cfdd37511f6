// What tests of port requests share: a reseller, its customer who wants numbers, and who does what.
import { expect } from 'chai';
import { type Answer, type Rest, startRest, type Tenant } from './rest.ts';
import { later, type Tenants } from './tenants.ts';

/** `tenant` is a customer of `reseller`. Paths are below `port_requests` of the tenant. */
export interface PortBench extends Tenants {
  readonly reseller: Tenant;
  /** As who wants the numbers. */
  own(method: string, path?: string, data?: unknown): Promise<Answer>;
  /** As who carries the port out. */
  carrier(method: string, path?: string, data?: unknown): Promise<Answer>;
  /** A number that no other test has. */
  fresh(): string;
  /** Makes a request; the path of it. */
  make(numbers?: readonly string[]): Promise<string>;
}

/** As `tenants`. */
export function portBench(): PortBench {
  let rest: Rest;
  let reseller: Tenant;
  let tenant: Tenant;
  let other: Tenant;
  before(async () => {
    rest = await startRest();
    reseller = await rest.reseller('reseller');
    await reseller.send('PUT', 'whitelabel', { domain: 'carrier.test', port: { authority: reseller.id } });
    tenant = await rest.account('acme', reseller.id);
    other = await rest.account('other');
  });
  after(() => rest.stop());
  let last = 100;
  const fresh = (): string => `+14155551${String(last++)}`;
  const own: PortBench['own'] = (method, path = '', data) =>
    tenant.send(method, `port_requests${path}`, data);
  return {
    rest: later(() => rest),
    reseller: later(() => reseller),
    tenant: later(() => tenant),
    other: later(() => other),
    own,
    carrier: (method, path = '', data) =>
      rest.send(method, `accounts/${tenant.id}/port_requests${path}`, data, { token: reseller.token }),
    fresh,
    make: async (numbers = [fresh()]) => {
      const asked = Object.fromEntries(numbers.map((one) => [one, {}]));
      const { body, status, text } = await own('PUT', '', { name: 'port', numbers: asked });
      expect(status, text).to.equal(201);
      return `/${body.data.id}`;
    },
  };
}
