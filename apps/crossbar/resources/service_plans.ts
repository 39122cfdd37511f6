// service_plans: what an account that sells to others charges for what.
import { resource } from '../../../core/contract/index.ts';
import { servicePlan } from '../../../core/documents/index.ts';
import { plain } from '../engine/index.ts';

export const service_plans = plain(
  resource({
    path: 'service_plans',
    summary: 'Plans that an account sells',
    document: servicePlan,
    listing: { design: 'service_plans', view: 'crossbar_listing' },
    example: {
      name: 'Small office',
      plan: { devices: { _all: { rate: 5, activation_charge: 10 }, softphone: { rate: 2.5 } } },
    },
  }),
);
