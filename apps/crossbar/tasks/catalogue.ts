// Every category of tasks, as the help of /v2/tasks lists them.
import { accounts } from './accounts.ts';
import type { Catalogue } from './action.ts';
import { registrations } from './registrations.ts';
import { services } from './services.ts';

export const catalogue: Catalogue = { accounts, registrations, services };
