// The registrar's table, filled as edges fill it, to see what a registration holds.
import { Registrations } from '../../../apps/registrar/registrations.ts';
import type { MessageOf } from '../../../core/contract/index.ts';
import type { regSuccess } from '../../../core/messages/registration.ts';
import { type Memory, memory } from './memory.ts';
import { serve } from './parent.ts';

const table = new Registrations();

/** As an edge tells it; through JSON, so that no two share their texts. */
function registration(at: number): MessageOf<typeof regSuccess> {
  const [user, realm] = [`bench${at}`, `account${at % 100}.mirliton.test`];
  const told = {
    'Event-Category': 'directory',
    'Event-Name': 'reg_success',
    'App-Name': 'edge',
    'App-Version': '1',
    'Msg-ID': `message-${at}`,
    'Event-Timestamp': 63_931_000_000 + at,
    Expires: 3600,
    Contact: `sip:${user}@10.1.${at >> 8}.${at & 255}:5060;transport=udp`,
    Realm: realm,
    Username: user,
    'Account-ID': 'ab'.repeat(16),
    'Authorizing-ID': 'cd'.repeat(16),
    AOR: `${user}@${realm}`,
    'Call-ID': `${at}-bench@10.1.0.1`,
    'Network-IP': `10.1.${at >> 8}.${at & 255}`,
    'Network-Port': 5060,
    'Proxy-Path': 'sip:127.0.0.1:5060',
    'User-Agent': 'Bench phone 1.0',
    Status: 'Registered',
    'Custom-Channel-Vars': {
      'Account-ID': 'ab'.repeat(16),
      'Authorizing-ID': 'cd'.repeat(16),
      Username: user,
    },
  };
  return JSON.parse(JSON.stringify(told)) as MessageOf<typeof regSuccess>;
}

let made = 0;
serve<{ readonly registrations: number }, Memory>(({ registrations }) => {
  for (const end = made + registrations; made < end; made += 1) table.take(registration(made));
  return memory();
});
