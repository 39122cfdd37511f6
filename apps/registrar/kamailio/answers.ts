// The answers of Kamailio's RPC commands, read: tables, contacts, media servers, listeners.
import { isRecord } from '../../../core/contract/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** One listener of Kamailio. */
export interface Socket {
  readonly proto: string;
  readonly address: string;
  readonly port: number;
}

/** One contact as `ul.dump` and `ul.lookup` show it. */
export interface Contact {
  readonly aor: string;
  readonly address: string;
  /** Seconds that are left. */
  readonly expires: number;
  readonly callId: string;
  readonly userAgent: string;
  /** `sip:host:port[;transport=…]` that the REGISTER came from. */
  readonly received: string;
  /** `udp:host:port` that it came to. */
  readonly socket: string;
  /** Of the Kamailio that took the REGISTER; another edge of the zone has the contact by replication. */
  readonly serverId: number;
}

/** One destination as `dispatcher.list` shows it. */
export interface Destination {
  readonly set: number;
  readonly uri: string;
  readonly attributes: string;
  /** It gets calls. */
  readonly active: boolean;
}

const records = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const record = (value: unknown): Json => (isRecord(value) ? value : {});
const text = (value: unknown): string => (typeof value === 'string' && value !== '[not set]' ? value : '');

/** `htable.dump` */
export function tableOf(result: unknown): ReadonlyMap<string, string> {
  const slots = records(result).flatMap(({ slot }) => records(slot));
  return new Map(slots.map(({ name, value }) => [String(name), String(value)]));
}

/** `ul.dump` */
export function contactsOf(result: unknown): Contact[] {
  return records(record(result)['Domains'])
    .flatMap((domain) => records(record(domain['Domain'])['AoRs']))
    .flatMap(({ Info }) => contactsOfUser(Info));
}

/** `ul.lookup`, or one entry of `ul.dump`. */
export function contactsOfUser(result: unknown): Contact[] {
  const user = record(result);
  const aor = text(user['AoR']);
  return records(user['Contacts']).map((entry) => {
    const contact = record(entry['Contact']);
    return {
      aor,
      address: text(contact['Address']),
      expires: Number(contact['Expires']) || 0,
      callId: text(contact['Call-ID']),
      userAgent: text(contact['User-Agent']),
      received: text(contact['Received']),
      socket: text(contact['Socket']),
      serverId: Number(contact['Server-Id']) || 0,
    };
  });
}

/** `dispatcher.list` */
export function destinationsOf(result: unknown): Destination[] {
  return records(record(result)['RECORDS'])
    .map(({ SET }) => record(SET))
    .flatMap((set) =>
      records(set['TARGETS']).map((target) => {
        const destination = record(target['DEST']);
        return {
          set: Number(set['ID']),
          uri: text(destination['URI']),
          attributes: text(record(destination['ATTRS'])['BODY']),
          // Active, or trying: it has lost a probe, not yet as many as it takes.
          active: /^[AT]/.test(text(destination['FLAGS'])),
        };
      }),
    );
}

/** `core.sockets_list`, as others reach them. */
export function socketsOf(result: unknown): Socket[] {
  return records(result).map((entry) => {
    const { proto, address, port, advertise } = record(entry['socket']);
    const [, host, advertised] = /^(?:\w+:)?(.+):(\d+)$/.exec(text(advertise)) ?? [];
    return {
      proto: text(proto),
      address: (host ?? text(address)).replace(/^\[|\]$/g, ''),
      port: Number(advertised ?? port),
    };
  });
}
