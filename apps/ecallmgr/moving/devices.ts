// Phones whose calls are on several switches: each of these learns where the others are, for a phone may join one with another
// (REFER with Replaces) and call it by the address of record, which is none of a switch. The switch reads it in its hash
// (rel/freeswitch/conf/freeswitch.xml).
import { errorText } from '../../../core/errors/index.ts';
import type { Channel } from '../channel.ts';
import { asItIs, digest, entriesOf, realms, remove, write } from '../survival/hash.ts';
import type { SwitchNode } from '../switch-node.ts';
import { sipAddressOf } from './places.ts';

interface Leg {
  readonly node: SwitchNode;
  readonly device: string;
  /** The switches that know of it though it is on another one. */
  readonly told: Set<SwitchNode>;
}

/** The answered legs of all switches of a process, by device. */
export class Devices {
  readonly #legs = new Map<Channel, Leg>();
  readonly #byDevice = new Map<string, Set<Channel>>();

  /** A leg has been answered: if its device has legs on other switches, those learn where it is, and its own where they are. */
  answered(channel: Channel, node: SwitchNode): void {
    const device = channel.get('Authorizing-ID');
    if (device === undefined || this.#legs.has(channel)) return;
    const leg: Leg = { node, device, told: new Set() };
    const all = this.#byDevice.get(device) ?? new Set();
    for (const other of all) {
      const there = this.#legs.get(other);
      if (!there || there.node === node) continue;
      // Who has the new leg tells of both; everybody remembers, for whoever has one at its end takes it back.
      const tells = channel.ownership !== 'theirs';
      tell(channel, leg, there.node, tells);
      tell(other, there, node, tells);
    }
    this.#legs.set(channel, leg);
    this.#byDevice.set(device, all.add(channel));
  }

  /** A leg has ended. */
  ended(channel: Channel): void {
    const leg = this.#legs.get(channel);
    if (!leg) return;
    this.#legs.delete(channel);
    const all = this.#byDevice.get(leg.device);
    all?.delete(channel);
    if (all?.size === 0) this.#byDevice.delete(leg.device);
    if (channel.ownership === 'theirs') return;
    for (const node of leg.told)
      remove(node.client, realms.places, channel.callId, digest).catch(failed(node, channel.callId));
  }
}

/** The switch learns of another one, `host:port`: a phone may name the one that has its call by that. */
export async function introduce({ client }: SwitchNode, address: string): Promise<void> {
  for (const name of namesOf(address)) await write(client, realms.places, name, address, digest);
}

const namesOf = (address: string): string[] =>
  address.endsWith(':5060') ? [address, address.slice(0, -':5060'.length)] : [address];

/** Removes what is noted of calls that are over, on switches whose calls we know. */
export async function forgetPlaces(node: SwitchNode): Promise<void> {
  const known = node.shared.nodes().filter(({ compared }) => compared);
  const live = new Map(
    known.map(({ interfaces, channels }) => [
      sipAddressOf(interfaces),
      new Set([...channels.keys()].map(digest)),
    ]),
  );
  for (const [key, address] of await entriesOf(node.client, realms.places, asItIs)) {
    const stands = live.get(address)?.has(key) ?? true;
    if (!stands && !namesOf(address).map(digest).includes(key))
      await remove(node.client, realms.places, key, asItIs);
  }
}

function tell({ callId }: Channel, { node, told }: Leg, to: SwitchNode, tells: boolean): void {
  const address = sipAddressOf(node.interfaces);
  if (address === undefined) return;
  told.add(to);
  if (tells) write(to.client, realms.places, callId, address, digest).catch(failed(to, callId));
}

const failed =
  ({ around }: SwitchNode, callId: string) =>
  (error: unknown): void =>
    around.log.debug('a switch does not know where a call is', { callId, error: errorText(error) });
