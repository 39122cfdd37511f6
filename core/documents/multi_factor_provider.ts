// A provider of second factors: the `provider` document of type multi_factor (contract/crossbar.md §6.1).
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

/** How the second factor of a login is checked. */
export const multi_factor_provider = document({
  type: 'provider',
  schema: 'multi_factor_provider',
  database: 'account',
  summary: 'How the second factor of a login is checked',
  fields: {
    enabled: Type.Boolean(),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    /** `totp` is checked here; `duo` is kept as it is. */
    provider_name: Type.Enum(['totp', 'duo']),
    settings: Type.Optional(freeObject),
  },
  privateFields: { pvt_provider_type: Type.String() },
});
