// Phones whose calls are on several switches: each of these learns where the others are, for a phone may join one with another
// (REFER with Replaces) and call it by the address of record, which is none of a switch.
import { createHash } from 'node:crypto';
import { errorText } from '../../../core/errors/index.ts';
import type { Channel } from '../channel.ts';
import { entriesOf, realms, remove, write } from '../survival/hash.ts';
import type { SwitchNode } from '../switch-node.ts';
import { sipAddressOf } from './places.ts';

/** The key of a call or an address, as the switch finds it again (rel/freeswitch/conf/freeswitch.xml); phones give both. */
const placeKey = (name: string): string => createHash('md5').update(name).digest('hex');

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
      remove(node.client, realms.places, channel.callId, placeKey).catch(failed(node, channel.callId));
  }
}

/** The switch learns of another one, `host:port`: a phone may name the one that has its call by that. */
export async function introduce({ client }: SwitchNode, address: string): Promise<void> {
  for (const name of namesOf(address)) await write(client, realms.places, name, address, placeKey);
}

const namesOf = (address: string): string[] =>
  address.endsWith(':5060') ? [address, address.slice(0, -':5060'.length)] : [address];

/** Removes what is noted of calls that are over. */
export async function forgetPlaces(node: SwitchNode): Promise<void> {
  const nodes = node.shared.nodes();
  if (!nodes.every(({ compared }) => compared)) return;
  const live = new Set(nodes.flatMap(({ channels }) => [...channels.keys()].map(placeKey)));
  const plain = (key: string): string => key;
  for (const [key, address] of await entriesOf(node.client, realms.places, plain)) {
    if (live.has(key) || namesOf(address).map(placeKey).includes(key)) continue;
    await remove(node.client, realms.places, key, plain);
  }
}

function tell({ callId }: Channel, { node, told }: Leg, to: SwitchNode, tells: boolean): void {
  const address = sipAddressOf(node.interfaces);
  if (address === undefined) return;
  told.add(to);
  if (tells) write(to.client, realms.places, callId, address, placeKey).catch(failed(to, callId));
}

const failed =
  ({ around }: SwitchNode, callId: string) =>
  (error: unknown): void =>
    around.log.debug('a switch does not know where a call is', { callId, error: errorText(error) });
