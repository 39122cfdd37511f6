// Every category of tasks, as the help of /v2/tasks lists them.
import { accounts } from './accounts.ts';
import type { Catalogue } from './action.ts';
import { number_management } from './numbers.ts';
import { rates } from './rates.ts';
import { registrations } from './registrations.ts';
import { resource_selectors } from './resource_selectors.ts';
import { services } from './services.ts';

export const catalogue: Catalogue = {
  accounts,
  number_management,
  rates,
  registrations,
  resource_selectors,
  services,
};
