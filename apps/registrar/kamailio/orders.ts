// Orders from the bus that Kamailio cannot hear itself: flush, sync and search of registrations.
import type { Delivery } from '../../../core/amqp/index.ts';
import type { AppContext } from '../../../core/app/index.ts';
import type { MessageFields } from '../../../core/contract/index.ts';
import { errorText } from '../../../core/errors/index.ts';
import { regFlush, regSuccess, regSync } from '../../../core/messages/registration.ts';
import { searchPartialResp, searchReq, searchResp } from '../edge/messages.ts';
import type { Contact } from './answers.ts';
import { identitiesOf } from './identities.ts';
import type { Kamailio } from './kamailio.ts';
import { type Identity, registration } from './registrations.ts';

export interface Orders {
  /** Tells the contacts of a Kamailio that has just come (back), or that was not heard of before. Never rejects. */
  announce(kamailio: Kamailio): Promise<void>;
  stop(): Promise<void>;
}

/** Follows the orders on every Kamailio that lives. */
export async function followOrders(context: AppContext, proxies: readonly Kamailio[]): Promise<Orders> {
  const { bus, log } = context;
  const each = async <T>(what: string, work: (proxy: Kamailio) => Promise<T>): Promise<T[]> => {
    const alive = proxies.filter((proxy) => proxy.alive);
    const done = await Promise.allSettled(alive.map(work));
    return done.flatMap((it) => {
      if (it.status === 'fulfilled') return [it.value];
      log.error(`${what} failed: this Kamailio may know old credentials or contacts`, {
        error: errorText(it.reason),
      });
      return [];
    });
  };
  const flush = async ({ message }: Delivery<typeof regFlush>): Promise<void> => {
    const { Realm, Username, 'Cache-Only': cacheOnly } = message;
    const gone = await each('a flush', (proxy) =>
      proxy.flush(Realm, Username, cacheOnly === true).catch((error: unknown) => {
        proxy.doubt();
        throw error;
      }),
    );
    for (const contact of distinct(gone.flat()))
      await bus.publish(regSuccess, registration(contact, nobody, 'Unregistered'));
  };
  const rowsOfOne = async (kamailio: Kamailio, realm?: string, username?: string): Promise<Row[]> => {
    const contacts = await kamailio.contacts(realm, username);
    const identities = await identitiesOf(context, kamailio, contacts);
    return contacts.map((contact) => {
      const identity = identities.get(contact.aor) ?? nobody;
      return { contact, fields: registration(contact, identity, 'Registered') };
    });
  };
  const rowsOf = async (realm?: string, username?: string) => {
    const found = await each('reading the contacts', (proxy) => rowsOfOne(proxy, realm, username));
    // Two edges of a zone know the same contacts; the one with the socket took the REGISTER itself.
    const own = found.flat().sort((a, b) => b.contact.socket.length - a.contact.socket.length);
    return [...new Map(own.reverse().map((it) => [keyOf(it.contact), it.fields])).values()];
  };
  const search = async (request: Delivery<typeof searchReq>): Promise<void> => {
    const { Realm, Username } = request.message;
    const rows = (await rowsOf(Realm, Username)).map((row) => ({ ...row }));
    for (let at = 0; at < rows.length; at += rowsPerMessage)
      await bus.reply(request, searchPartialResp, { Registrations: rows.slice(at, at + rowsPerMessage) });
    const AOR = Username === undefined ? undefined : `${Username}@${Realm}`;
    await bus.reply(request, searchResp, { Registrations: [], AOR, Metas: { Count: rows.length } });
  };
  const subscription = await bus.consume(
    {
      bindings: ['registration.flush.#', 'registration.sync', 'registration.search_req.#'].map(
        (key) => ({ exchange: 'registrar', key }) as const,
      ),
      contracts: [regFlush, regSync, searchReq],
      onBack: () => {
        for (const proxy of proxies) proxy.doubt();
      },
    },
    async (delivery) => {
      const { contract } = delivery as { readonly contract: unknown };
      if (contract === regFlush) await flush(delivery as Delivery<typeof regFlush>);
      else if (contract === regSync)
        for (const row of await rowsOf())
          await bus.reply(delivery as Delivery<typeof regSync>, regSuccess, row);
      else await search(delivery as Delivery<typeof searchReq>);
    },
  );
  return {
    announce: async (kamailio) => {
      try {
        for (const { fields } of await rowsOfOne(kamailio)) await bus.publish(regSuccess, fields);
      } catch (error) {
        log.warn('the contacts of a Kamailio could not be told', {
          url: kamailio.url,
          error: errorText(error),
        });
      }
    },
    stop: () => subscription.stop(),
  };
}

interface Row {
  readonly contact: Contact;
  readonly fields: MessageFields<typeof regSuccess>;
}

const nobody: Identity = { vars: undefined, token: undefined };

const rowsPerMessage = 100;

const keyOf = ({ aor, address }: Contact): string => `${aor} ${address}`;

const distinct = (contacts: readonly Contact[]): Contact[] => [
  ...new Map(contacts.map((contact) => [keyOf(contact), contact])).values(),
];
