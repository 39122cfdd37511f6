// Every resource of the REST API.
import type { RestModule } from '../engine/index.ts';
import { about } from './about.ts';
import { access_lists } from './access_lists.ts';
import { accounts } from './accounts.ts';
import { acdc_call_stats } from './acdc_call_stats.ts';
import { acls } from './acls.ts';
import { agents } from './agents.ts';
import { alerts } from './alerts.ts';
import { allotments } from './allotments.ts';
import { api_auth } from './api_auth.ts';
import { apps_link } from './apps_link.ts';
import { apps_store } from './apps_store.ts';
import { att_handlers_errors } from './att_handlers_errors.ts';
import { audit_logs } from './audit_logs.ts';
import { auth } from './auth.ts';
import { blacklists } from './blacklists.ts';
import { braintree } from './braintree.ts';
import { call_inspector } from './call_inspector.ts';
import { callflows } from './callflows.ts';
import { cccps } from './cccps.ts';
import { cdrs } from './cdrs.ts';
import { channels } from './channels.ts';
import { clicktocall } from './clicktocall.ts';
import { comments } from './comments.ts';
import { conferences } from './conferences.ts';
import { configs } from './configs.ts';
import { connectivity } from './connectivity.ts';
import { contact_list } from './contact_list.ts';
import { devices } from './devices.ts';
import { dialplans } from './dialplans.ts';
import { directories } from './directories.ts';
import { faxboxes } from './faxboxes.ts';
import { faxes } from './faxes.ts';
import { functions } from './functions.ts';
import { groups } from './groups.ts';
import { hotdesks } from './hotdesks.ts';
import { ip_auth } from './ip_auth.ts';
import { ips } from './ips.ts';
import { ledgers } from './ledgers.ts';
import { limits } from './limits.ts';
import { lists } from './lists.ts';
import { media } from './media.ts';
import { menus } from './menus.ts';
import { metaflows } from './metaflows.ts';
import { migrations } from './migrations.ts';
import { mms } from './mms.ts';
import { multi_factor } from './multi_factor.ts';
import { notifications } from './notifications.ts';
import { parked_calls } from './parked_calls.ts';
import { phone_numbers } from './phone_numbers.ts';
import { pivot } from './pivot.ts';
import { port_requests } from './port_requests.ts';
import { presence } from './presence.ts';
import { queues } from './queues.ts';
import { quickcall } from './quickcall.ts';
import { rate_limits } from './rate_limits.ts';
import { rates } from './rates.ts';
import { recordings } from './recordings.ts';
import { registrations } from './registrations.ts';
import { resource_selectors } from './resource_selectors.ts';
import { resource_templates } from './resource_templates.ts';
import { resources as carriers } from './resources.ts';
import { roles } from './roles.ts';
import { schemas } from './schemas.ts';
import { search } from './search.ts';
import { security } from './security.ts';
import { service_plans } from './service_plans.ts';
import { services } from './services.ts';
import { skels } from './skels.ts';
import { sms } from './sms.ts';
import { storage } from './storage.ts';
import { sup } from './sup.ts';
import { system_configs } from './system_configs.ts';
import { system_status } from './system_status.ts';
import { tasks } from './tasks.ts';
import { temporal_rules } from './temporal_rules.ts';
import { temporal_rules_sets } from './temporal_rules_sets.ts';
import { token_auth } from './token_auth.ts';
import { token_restrictions } from './token_restrictions.ts';
import { transactions } from './transactions.ts';
import { user_auth } from './user_auth.ts';
import { users } from './users.ts';
import { vmboxes } from './vmboxes.ts';
import { webhooks } from './webhooks.ts';
import { websockets } from './websockets.ts';
import { whitelabel } from './whitelabel.ts';

const others: readonly RestModule[] = [
  about,
  access_lists,
  accounts,
  acdc_call_stats,
  acls,
  agents,
  alerts,
  allotments,
  api_auth,
  apps_link,
  apps_store,
  blacklists,
  audit_logs,
  braintree,
  callflows,
  carriers,
  cdrs,
  channels,
  clicktocall,
  conferences,
  configs,
  connectivity,
  contact_list,
  devices,
  dialplans,
  directories,
  faxboxes,
  faxes,
  functions,
  groups,
  hotdesks,
  ledgers,
  ips,
  limits,
  lists,
  media,
  menus,
  metaflows,
  notifications,
  parked_calls,
  phone_numbers,
  port_requests,
  pivot,
  presence,
  queues,
  quickcall,
  rate_limits,
  rates,
  recordings,
  registrations,
  resource_selectors,
  resource_templates,
  roles,
  schemas,
  search,
  sms,
  system_status,
  sup,
  call_inspector,
  system_configs,
  tasks,
  temporal_rules,
  temporal_rules_sets,
  token_auth,
  token_restrictions,
  transactions,
  user_auth,
  ip_auth,
  service_plans,
  services,
  att_handlers_errors,
  cccps,
  migrations,
  skels,
  storage,
  security,
  mms,
  multi_factor,
  auth,
  users,
  vmboxes,
  whitelabel,
  webhooks,
  websockets,
];

export const modules: readonly RestModule[] = [...others, comments(others)];
