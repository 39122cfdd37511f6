// What stands on the switch of where a call is: short, and written once for several checkpoints in a row.
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { silentLog } from '../../../core/testing/index.ts';
import type { SwitchClient } from '../freeswitch/index.ts';
import { CheckpointEntry, type Kept, packKept, parseKept } from './checkpoints.ts';

const id = (): string => randomBytes(16).toString('hex');
const kept = (bridged: boolean): Kept => ({
  serverId: `callflow@host-4711-${id().slice(0, 8)}`,
  givenUp: [],
  resume: {
    Call: {
      'Call-ID': id(),
      'Control-Queue': `callctl-ecallmgr@host-${id().slice(0, 12)}`,
      'Custom-Channel-Vars': {
        'Account-ID': id(),
        'Authorizing-ID': id(),
        'Authorizing-Type': 'device',
        'CallFlow-ID': id(),
        'Fetch-ID': id(),
        'Ecallmgr-Node': 'ecallmgr@host',
        'Account-Realm': 'demo.example.org',
      },
    },
    Flow: { module: 'device', data: { id: id(), timeout: 20 }, children: {} },
    Note: { Bridge: id(), Bridged: bridged },
  },
});

describe('the checkpoint of a call on the switch', () => {
  const commands: string[] = [];
  const client = { api: async (command: string) => void commands.push(command) } as unknown as SwitchClient;
  beforeEach(() => commands.splice(0));

  it('is read as it was written, and so is one of before it was compressed', () => {
    const given = kept(false);
    expect(parseKept(packKept(given))).to.deep.equal(given);
    const plain = Buffer.from(JSON.stringify(given)).toString('base64url');
    expect(parseKept(plain)).to.deep.equal(given);
    expect(packKept(given).length).to.be.below(plain.length / 2);
    expect(parseKept('z1.nonsense')).to.equal(undefined);
  });

  it('is written once for several in a row, and each is done when the last one is', async () => {
    const entry = new CheckpointEntry(client, 'c1', silentLog());
    const last = kept(true);
    await Promise.all([entry.save(kept(false)), entry.save(last)]);
    expect(commands).to.have.length(1);
    expect(parseKept(commands[0]?.split('/').at(-1) ?? '')).to.deep.equal(last);
    await entry.remove();
    expect(commands.at(-1)).to.match(/^hash delete\//);
  });

  it('of a call that is over at once is never written', async () => {
    const entry = new CheckpointEntry(client, 'c2', silentLog());
    const saved = entry.save(kept(false));
    await entry.remove();
    await saved;
    expect(commands).to.deep.equal([]);
  });
});
