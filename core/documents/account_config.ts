// The `account_config` documents (contract/couch.md §3): settings of an account by category, `configs_<category>`.
import { document } from '../contract/index.ts';

/** What stands in one is each category's own business. */
export const accountConfig = document({
  type: 'account_config',
  schema: 'account_config',
  database: 'account',
  summary: 'Settings of an account in the place of those of its reseller and of the system',
  fields: {},
});
