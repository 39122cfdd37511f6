// Whatever a declaration accepts is stored and read back as it was sent: random documents from the schema of a resource.
import { expect } from 'chai';
import fc from 'fast-check';
import { putAt } from '../../../core/contract/index.ts';
import { randomOf } from '../../../core/testing/random.ts';
import type { PlainResource } from '../engine/index.ts';
import type { Tenant } from './rest.ts';
import { variant } from './variant.ts';

type Json = Record<string, unknown>;

export interface KeptOptions {
  /** Makes a random document into one that the resource's own checks let through. */
  readonly adapt?: (random: Json, at: number) => Json;
  /** Fields that are computed, or not kept as they came. */
  readonly besides?: readonly string[];
  /** Where it is, when the path of the resource has parameters. */
  readonly path?: string;
}

/** What Monster UI adds to everything, and a key that nobody knows. */
const unknown = {
  ui_metadata: { ui: 'monster-ui', version: '4.3', origin: 'voip' },
  'x-unknown': [{ a: null }],
};

/** Creates random documents and reads each; throws at the first field that came back otherwise. */
export async function expectKept(
  tenant: Tenant,
  contract: PlainResource,
  { adapt = (random) => random, besides = [], path = contract.path }: KeptOptions = {},
): Promise<void> {
  const randoms = fc.sample(randomOf(contract.document.schema), { numRuns: 8, seed: 1 });
  for (const [at, random] of randoms.entries()) {
    const sent = adapt({ ...unique(contract, random as Json, 1000 + at), ...unknown }, at);
    const { status, body } = await tenant.send('PUT', path, sent);
    expect(status, JSON.stringify([sent, body.data])).to.equal(201);
    const { data } = (await tenant.send('GET', `${path}/${body.data.id}`)).body;
    const expected = contract.document.accept(sent);
    for (const key of Object.keys(expected).filter((it) => !besides.includes(it)))
      expect(data[key], `${key} of ${JSON.stringify(sent)}`).to.deep.equal(expected[key]);
  }
}

/** With what must be unique counted up from the example. */
function unique(contract: PlainResource, random: Json, at: number): Json {
  const counted = variant(contract, at);
  const copy = structuredClone(random);
  for (const { field } of contract.unique ?? []) {
    const [top = ''] = String(field).split('.');
    if (counted[top] !== undefined) putAt(copy, top, counted[top]);
  }
  return copy;
}
