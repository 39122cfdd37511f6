// What stands on the switch of where a call is: short, and written once for several checkpoints in a row.
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { AppError } from '../../../core/errors/index.ts';
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
  /** What stands on the switch. */
  let standing = '';
  const client = {
    api: async (command: string) => {
      commands.push(command);
      return command.startsWith('hash select') ? standing : '+OK';
    },
  } as unknown as SwitchClient;
  let may: Promise<void> | undefined;
  const around = { client, mayAct: () => may, log: silentLog() };
  beforeEach(() => {
    commands.splice(0);
    may = undefined;
  });

  it('is read as it was written, and so is one of before it was compressed', () => {
    const given = kept(false);
    expect(parseKept(packKept(given))).to.deep.equal(given);
    const plain = Buffer.from(JSON.stringify(given)).toString('base64url');
    expect(parseKept(plain)).to.deep.equal(given);
    expect(packKept(given).length).to.be.below(plain.length / 2);
    expect(parseKept('z1.nonsense')).to.equal(undefined);
  });

  it('is written once for several in a row, and each is done when the last one is', async () => {
    const entry = new CheckpointEntry(around, 'c1');
    const last = kept(true);
    await Promise.all([entry.save(kept(false)), entry.save(last)]);
    expect(commands).to.have.length(1);
    expect(parseKept(commands[0]?.split('/').at(-1) ?? '')).to.deep.equal(last);
    await entry.remove();
    expect(commands.at(-1)).to.match(/^hash delete\//);
  });

  it('of a call that is over at once is never written', async () => {
    const entry = new CheckpointEntry(around, 'c2');
    const saved = entry.save(kept(false));
    await entry.remove();
    await saved;
    expect(commands).to.deep.equal([]);
  });

  it('that comes when the call is over already is not written', async () => {
    const entry = new CheckpointEntry(around, 'c3');
    await entry.remove();
    await entry.save(kept(false));
    expect(commands).to.deep.equal([]);
  });

  it('goes when the switch is there again, if it was away at the end of the call', async () => {
    let tries = 0;
    const api = async (command: string) => {
      if (!command.startsWith('hash delete')) return '+OK';
      tries += 1;
      if (tries < 3) throw new AppError('switch_unreachable');
      return '+OK';
    };
    const entry = new CheckpointEntry({ ...around, client: { api } as unknown as SwitchClient }, 'c6', 1);
    await entry.save(kept(true));
    await entry.remove();
    expect(tries).to.equal(3);
  });

  it('of another ecallmgr goes also when the call ends while it is read', async () => {
    standing = packKept(kept(false));
    const entry = new CheckpointEntry(around, 'c4');
    const found = entry.find();
    await entry.remove();
    await found;
    expect(commands.at(-1)).to.match(/^hash delete\//);
  });

  it('is not written by who has been stopped and lost the call', async () => {
    let regain = (): void => undefined;
    may = new Promise((resolve) => {
      regain = resolve;
    });
    const entry = new CheckpointEntry(around, 'c5');
    const saved = entry.save(kept(false));
    await Promise.race([saved, new Promise((resolve) => setTimeout(resolve, 400))]);
    expect(commands).to.deep.equal([]);
    entry.leave();
    regain();
    await saved;
    expect(commands).to.deep.equal([]);
  });
});
