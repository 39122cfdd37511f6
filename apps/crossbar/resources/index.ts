// Every resource of the REST API.
import type { RestModule } from '../engine/index.ts';
import { about } from './about.ts';
import { accounts } from './accounts.ts';
import { api_auth } from './api_auth.ts';
import { audit_logs } from './audit_logs.ts';
import { callflows } from './callflows.ts';
import { cdrs } from './cdrs.ts';
import { channels } from './channels.ts';
import { connectivity } from './connectivity.ts';
import { devices } from './devices.ts';
import { groups } from './groups.ts';
import { limits } from './limits.ts';
import { media } from './media.ts';
import { menus } from './menus.ts';
import { phone_numbers } from './phone_numbers.ts';
import { registrations } from './registrations.ts';
import { resources as carriers } from './resources.ts';
import { roles } from './roles.ts';
import { schemas } from './schemas.ts';
import { system_configs } from './system_configs.ts';
import { token_auth } from './token_auth.ts';
import { token_restrictions } from './token_restrictions.ts';
import { user_auth } from './user_auth.ts';
import { users } from './users.ts';

export const modules: readonly RestModule[] = [
  about,
  accounts,
  api_auth,
  audit_logs,
  callflows,
  carriers,
  cdrs,
  channels,
  connectivity,
  devices,
  groups,
  limits,
  media,
  menus,
  phone_numbers,
  registrations,
  roles,
  schemas,
  system_configs,
  token_auth,
  token_restrictions,
  user_auth,
  users,
];
