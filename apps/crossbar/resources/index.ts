// Every resource of the REST API.
import type { RestModule } from '../engine/index.ts';
import { about } from './about.ts';
import { accounts } from './accounts.ts';
import { api_auth } from './api_auth.ts';
import { audit_logs } from './audit_logs.ts';
import { auth } from './auth.ts';
import { blacklists } from './blacklists.ts';
import { callflows } from './callflows.ts';
import { cdrs } from './cdrs.ts';
import { channels } from './channels.ts';
import { connectivity } from './connectivity.ts';
import { devices } from './devices.ts';
import { directories } from './directories.ts';
import { functions } from './functions.ts';
import { groups } from './groups.ts';
import { hotdesks } from './hotdesks.ts';
import { ip_auth } from './ip_auth.ts';
import { limits } from './limits.ts';
import { lists } from './lists.ts';
import { media } from './media.ts';
import { menus } from './menus.ts';
import { multi_factor } from './multi_factor.ts';
import { phone_numbers } from './phone_numbers.ts';
import { registrations } from './registrations.ts';
import { resources as carriers } from './resources.ts';
import { roles } from './roles.ts';
import { schemas } from './schemas.ts';
import { security } from './security.ts';
import { skels } from './skels.ts';
import { system_configs } from './system_configs.ts';
import { temporal_rules } from './temporal_rules.ts';
import { temporal_rules_sets } from './temporal_rules_sets.ts';
import { token_auth } from './token_auth.ts';
import { token_restrictions } from './token_restrictions.ts';
import { user_auth } from './user_auth.ts';
import { users } from './users.ts';

export const modules: readonly RestModule[] = [
  about,
  accounts,
  api_auth,
  blacklists,
  audit_logs,
  callflows,
  carriers,
  cdrs,
  channels,
  connectivity,
  devices,
  directories,
  functions,
  groups,
  hotdesks,
  limits,
  lists,
  media,
  menus,
  phone_numbers,
  registrations,
  roles,
  schemas,
  system_configs,
  temporal_rules,
  temporal_rules_sets,
  token_auth,
  token_restrictions,
  user_auth,
  ip_auth,
  skels,
  security,
  multi_factor,
  auth,
  users,
];
