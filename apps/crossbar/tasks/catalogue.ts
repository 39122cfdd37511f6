// Every category of tasks, as the help of /v2/tasks lists them.
import { accounts } from './accounts.ts';
import type { Catalogue } from './action.ts';
import { number_management } from './numbers.ts';
import { registrations } from './registrations.ts';
import { services } from './services.ts';

export const catalogue: Catalogue = { accounts, number_management, registrations, services };
