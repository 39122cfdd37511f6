// A stand-in for registrar and trunkstore: it answers for the users that a test names, when the test lets it.
import type { Bus, Delivery, Subscription } from '../../core/amqp/index.ts';
import type { MessageFields } from '../../core/contract/index.ts';
import { authnErr, authnReq, authnResp } from '../../core/messages/authn.ts';
import { trustedQuery, trustedReply } from '../../core/messages/trusted.ts';

export interface Registrar {
  /** How often it was asked about a user name, or at all. */
  asked(username?: string): number;
  /** Passwords that differ from `secret-<username>`. */
  readonly passwords: Map<string, string>;
  /** Who is unknown. */
  readonly refused: Set<string>;
  /** Addresses that need no digest, as trunkstore tells them. */
  trusted: MessageFields<typeof trustedReply>['Trusted'];
  /** Requests wait until the returned function is called. What they are answered was decided when they came. */
  hold(): () => void;
  /** It is gone: nobody consumes. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export const accountId = 'a'.repeat(32);

export async function startRegistrar(bus: Bus): Promise<Registrar> {
  const seen: string[] = [];
  const passwords = new Map<string, string>();
  const refused = new Set<string>();
  let held: Promise<void> = Promise.resolve();
  let consumers: Subscription[] = [];
  const answer = async (request: Delivery<typeof authnReq>): Promise<void> => {
    const { 'Auth-User': user, 'Auth-Realm': realm } = request.message;
    seen.push(user);
    const password = passwords.get(user) ?? `secret-${user}`;
    const unknown = refused.has(user);
    await held;
    if (unknown) return bus.reply(request, authnErr, {});
    const vars = {
      Username: user,
      Realm: realm,
      'Account-ID': accountId,
      'Authorizing-ID': `device-${user}`,
    };
    const fields = { 'Auth-Method': 'password' as const, 'Auth-Password': password };
    return bus.reply(request, authnResp, { ...fields, 'Custom-Channel-Vars': vars });
  };
  const registrar: Registrar = {
    asked: (username) => seen.filter((it) => username === undefined || it === username).length,
    passwords,
    refused,
    trusted: {},
    hold: () => {
      let release = (): void => undefined;
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        held = Promise.resolve();
        release();
      };
    },
    stop: async () => {
      await Promise.all(consumers.map((it) => it.stop()));
      consumers = [];
    },
    start: async () => {
      const authn = {
        queue: 'registrar_listener',
        bindings: [{ exchange: 'callmgr', key: 'authn.req.*' }],
      } as const;
      const trusted = { bindings: [{ exchange: 'trusted', key: 'trusted.query' }] } as const;
      consumers = [
        await bus.consume({ ...authn, contracts: [authnReq] }, answer),
        await bus.consume({ ...trusted, contracts: [trustedQuery] }, (request) =>
          bus.reply(request, trustedReply, { Trusted: registrar.trusted }),
        ),
      ];
    },
  };
  await registrar.start();
  return registrar;
}
