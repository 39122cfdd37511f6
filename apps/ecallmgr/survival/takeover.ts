// Goes on with the legs of an ecallmgr that died or let go: claimed anew, read from the switch, its queue consumed.
import { errorText } from '../../../core/errors/index.ts';
import type { Channel } from '../channel.ts';
import { dumpOf } from '../dump.ts';
import type { SwitchEvent } from '../freeswitch/index.ts';
import type { SwitchNode } from '../switch-node.ts';
import { asChannelVariables } from '../variables.ts';
import type { Owner } from './claims.ts';
import { settle } from './ownership.ts';
import { takeUp } from './take-up.ts';

// So many legs at a time: the switch has calls of the living to serve as well.
const atOnce = 20;

/**
 * Takes what the dead owner had, as far as nobody else does; `ended`: only what is over. Resolves with the number of legs
 * that were taken.
 */
export async function takeOver(node: SwitchNode, dead: Owner, ended = false): Promise<number> {
  const legs = node.legs.of(dead.node);
  // What lives comes first: an ended leg may tell whose place it has left, and that one must be ours by then.
  const alive = ended
    ? 0
    : await takeEach(
        node,
        dead,
        legs.filter(({ over }) => !over),
      );
  return (
    alive +
    (await takeEach(
      node,
      dead,
      legs.filter(({ over }) => over),
    ))
  );
}

async function takeEach(node: SwitchNode, dead: Owner, legs: Channel[]): Promise<number> {
  let taken = 0;
  const next = async (): Promise<void> => {
    for (let leg = legs.shift(); leg; leg = legs.shift()) {
      try {
        if (await takeLeg(node, leg, dead)) taken += 1;
      } catch (error) {
        // It stays where it is, and is tried again with the next beat.
        node.around.log.warn('a leg could not be taken over', {
          callId: leg.callId,
          error: errorText(error),
        });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return taken;
}

async function takeLeg(node: SwitchNode, leg: Channel, dead: Owner): Promise<boolean> {
  const claim = await node.claims.findOwner(leg.callId);
  if (claim && claim.node !== dead.node) {
    leg.owner = claim.node;
    return false;
  }
  // It came back in a new life and has claimed the leg anew.
  if (claim && claim.life > dead.life) return false;
  if (!(await node.claims.seize(leg.callId, claim))) {
    leg.owner = undefined;
    return false;
  }
  await inherit(node, leg);
  return true;
}

/** The leg is claimed by us: reads what it is doing and goes on with it. */
export async function inherit(node: SwitchNode, leg: Channel): Promise<void> {
  leg.claimed = true;
  leg.inherited = true;
  const dump = await dumpOf(node.client, leg.callId);
  if (dump && !leg.over) goOn(node, leg, dump);
  else {
    const end = leg.lastHeld('CHANNEL_DESTROY') ?? (await node.endOf(leg));
    if (!leg.over) leg.hold(end);
    leg.over = true;
    leg.ownership = 'ours';
    // Some commands are run after the end.
    takeUp(node, leg, end);
    node.release(leg);
  }
}

function goOn(node: SwitchNode, leg: Channel, dump: SwitchEvent): void {
  leg.learn(dump, (callId) => node.channels.get(callId)?.over === false);
  // Its owner had not come so far as to write down who calls.
  if (leg.get('Ecallmgr-Node') === undefined) {
    settle(node, leg, dump, () => Promise.resolve(true));
    return;
  }
  leg.ownership = 'ours';
  leg.decide({ 'Ecallmgr-Node': node.node });
  node.client
    .setVariables(leg.callId, asChannelVariables({ 'Ecallmgr-Node': node.node }))
    .catch((error: unknown) =>
      node.around.log.debug('a leg could not be marked', { error: errorText(error) }),
    );
  takeUp(node, leg, dump);
  node.release(leg);
}

/** What others have taken while we were given up is theirs; what they have not is claimed anew. */
export async function reclaim(node: SwitchNode, before: Owner): Promise<void> {
  const legs = [...node.ours];
  const next = async (): Promise<void> => {
    for (let leg = legs.shift(); leg; leg = legs.shift()) {
      if (await node.claims.seize(leg.callId, before)) leg.claimed = true;
      else node.lose(leg);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
}
