// The account's settings of authentication: the `account_config` document `configs_crossbar.auth` (contract/crossbar.md §6.1).
import { document, type Static, Type } from '../contract/index.ts';
import { closed } from './shared.ts';

const flag = Type.Optional(Type.Boolean());

const module = Type.Object({
  enabled: flag,
  log_failed_attempts: flag,
  log_successful_attempts: flag,
  token_auth_expiry_s: Type.Optional(Type.Integer({ minimum: 0 })),
  multi_factor: Type.Optional(
    Type.Object(
      {
        account_id: Type.Optional(Type.String()),
        configuration_id: Type.Optional(Type.String()),
        enabled: flag,
        include_subaccounts: flag,
      },
      closed,
    ),
  ),
});

/** As Kazoo sets those of an account that says nothing of any. */
const usual = {
  enabled: true,
  log_failed_attempts: true,
  log_successful_attempts: false,
  token_auth_expiry_s: 3600,
} as const;

/** How one way of logging in is set. */
export type AuthModuleConfig = Static<typeof module>;

/** Which ways of logging in are open, and how. */
export const auth_config = document({
  type: 'account_config',
  schema: 'account_config.crossbar.auth',
  database: 'account',
  summary: 'Which ways of logging in are open to an account, and how',
  fields: {
    auth_modules: Type.Object(
      {
        cb_api_auth: Type.Optional(module),
        cb_auth: Type.Optional(module),
        cb_basic_auth: Type.Optional(module),
        cb_ip_auth: Type.Optional(module),
        cb_user_auth: Type.Optional(module),
      },
      {
        ...closed,
        default: {
          cb_api_auth: usual,
          cb_auth: usual,
          cb_ip_auth: usual,
          cb_user_auth: { ...usual, log_successful_attempts: true },
        },
      },
    ),
  },
});
