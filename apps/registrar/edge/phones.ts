// The registered phones: table, file, announcements and credentials, wired together.
import { join } from 'node:path';
import type { AppContext } from '../../../core/app/index.ts';
import { startAnnouncing } from './announcing.ts';
import { type Authoriser, createAuthoriser } from './authorise.ts';
import { createCredentials } from './credentials.ts';
import { type Binding, Location } from './location.ts';
import { createNonces } from './nonce.ts';
import type { EdgeOptions } from './options.ts';
import { createRegister, type Outcome } from './register.ts';
import type { Incoming, Listener } from './sip.ts';
import { keepSnapshot } from './snapshot.ts';

export interface Phones {
  readonly location: Location;
  readonly authoriser: Authoriser;
  readonly register: (request: Incoming) => Promise<Outcome>;
  /** Tells of every registration again: of those that outlived a restart nobody else has heard. */
  announce(): void;
  stop(): Promise<void>;
}

export interface PhonesOptions {
  readonly options: () => EdgeOptions;
  /** Where others reach this edge. */
  readonly proxy: () => Listener;
  /** Whether an edge of this name is alive. */
  readonly isAlive: (node: string) => boolean;
  readonly onStranger: (request: Incoming) => void;
}

const sweepEvery = 1_000;

/** Resolves with the phones that were registered before a restart. */
export async function startPhones(context: AppContext, given: PhonesOptions): Promise<Phones> {
  const { options, proxy, isAlive, onStranger } = given;
  const location = new Location();
  const snapshot = keepSnapshot(join(context.settings.data, 'edge', 'location.json'), location, context.log);
  const credentials = createCredentials(context, () => options().credentials_lifetime);
  const nonces = createNonces({ lifetime: () => options().nonce_lifetime });
  const authoriser = createAuthoriser(credentials, nonces, options);
  const onRemoved = (binding: Binding): void => {
    snapshot.touch();
    announcing.tell(binding, 'Unregistered', false);
  };
  const onSaved = (binding: Binding, first: boolean): void => {
    snapshot.touch();
    if (first) announcing.tell(binding, 'Registered', true);
    else announcing.renew(binding);
  };
  const onChange = (): void => snapshot.touch();
  const announcing = await startAnnouncing({ context, location, credentials, proxy, isAlive, onChange });
  const sweep = setInterval(() => {
    for (const binding of location.expire()) announcing.lose(binding);
  }, sweepEvery);
  context.metrics.gauge('edge_registrations', 'registered contacts', () => location.size);
  return {
    location,
    authoriser,
    register: createRegister({ location, authoriser, options, onStranger, onRemoved, onSaved }),
    announce: () => {
      for (const binding of [...location]) if (!binding.owner) announcing.tell(binding, 'Registered', false);
    },
    stop: async () => {
      clearInterval(sweep);
      await announcing.stop();
      snapshot.stop();
    },
  };
}
