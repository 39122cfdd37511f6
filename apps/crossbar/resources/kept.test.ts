// Documents that Kazoo accepts are accepted by every plain resource, and read back unchanged.
import { expectKept, type KeptOptions } from '../testing/kept.ts';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';
import { modules } from './index.ts';

/** What some resources want beyond their schema, by name. */
const options: Readonly<Record<string, KeptOptions>> = {
  blacklists: { besides: ['numbers'] },
  // Patterns must be regular expressions.
  callflows: { adapt: ({ patterns: _, ...random }, at) => ({ ...random, patterns: [`^2${at}$`] }) },
  // The number of who calls must be such.
  cccps: { adapt: ({ cid: _, ...random }) => random },
  directories: { besides: ['users'] },
  media: { adapt: (random) => ({ ...random, tts: { text: 'Hello', voice: 'female/en-US' } }) },
  // Numbers must be such, and comments are signed by who sends them.
  port_requests: {
    adapt: ({ comments: _, ...random }, at) => ({ ...random, numbers: { [`+1415555${3000 + at}`]: {} } }),
  },
  users: { adapt: ({ password: _, ...random }) => random },
  // Some hooks want to know more.
  webhooks: { adapt: (random) => ({ ...random, hook: 'all' }) },
};

describe('what is stored', () => {
  let rest: Rest;
  let tenant: Tenant;
  before(async () => {
    rest = await startRest();
    tenant = await rest.reseller('acme');
  });
  after(() => rest.stop());

  for (const { name, plain } of modules) {
    if (!plain) continue;
    it(`in ${name} is read back as it was sent`, () => expectKept(tenant, plain, options[name]));
  }
});
