// What all resources of one crossbar share beside what every app has: secrets, limits, what is written behind the answer.
import type { AppContext } from '../../core/app/index.ts';
import { lockout } from './auth/lockout.ts';
import { loadSecrets } from './auth/secrets.ts';
import { tellFailure } from './auth/shared-failures.ts';
import { behind } from './engine/behind.ts';
import { buckets } from './engine/buckets.ts';
import type { Services } from './engine/index.ts';

/** `system_auth` must be there. Whoever makes them stops `behind` in the end. */
export async function startServices(context: AppContext): Promise<Services> {
  const { store, systemConfig } = context;
  return {
    ...context,
    secrets: await loadSecrets(store.database('system_auth'), systemConfig),
    buckets: buckets(),
    behind: behind(context),
    lockout: lockout(systemConfig, Date.now, (guessed) => tellFailure(context, guessed)),
  };
}
