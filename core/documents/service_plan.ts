// The `service_plan` document (contract/couch.md §3): what a reseller charges for what.
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

const tiers = Type.Record(Type.String({ pattern: '^[0-9]+$' }), Type.Number());
const discount = {
  rate: Type.Optional(Type.Number()),
  rates: Type.Optional(tiers),
  minimum: Type.Optional(Type.Integer()),
};

/** An item of a plan. Tiers are rates by the quantity up to which they hold. */
export const planItem = Type.Object({
  activation_charge: Type.Optional(Type.Number()),
  as: Type.Optional(Type.String()),
  cascade: Type.Optional(Type.Boolean()),
  discounts: Type.Optional(
    Type.Object({
      single: Type.Optional(Type.Object(discount)),
      cumulative: Type.Optional(Type.Object({ ...discount, maximum: Type.Optional(Type.Integer()) })),
    }),
  ),
  exceptions: Type.Optional(Type.Array(Type.String())),
  flat_rate: Type.Optional(Type.Number()),
  flat_rates: Type.Optional(tiers),
  markup_type: Type.Optional(Type.Enum(['fixed_price', 'percentage', 'rate'])),
  maximum: Type.Optional(Type.Integer()),
  minimum: Type.Optional(Type.Integer()),
  name: Type.Optional(Type.String()),
  prorate: Type.Optional(
    Type.Object({ additions: Type.Optional(Type.Boolean()), removals: Type.Optional(Type.Boolean()) }),
  ),
  rate: Type.Optional(Type.Number()),
  rates: Type.Optional(tiers),
  step: Type.Optional(Type.Integer({ minimum: 1 })),
  taxes: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.Optional(Type.String()),
        rate: Type.Optional(Type.Number()),
        tax_id: Type.Optional(Type.String()),
      }),
    ),
  ),
});

/** Items by category, then by name; `_all` is whatever the category has. */
export const servicePlan = document({
  type: 'service_plan',
  schema: 'service_plan',
  database: 'account',
  summary: 'What a reseller charges for what',
  fields: {
    name: Type.String({ minLength: 1, maxLength: 128 }),
    description: Type.Optional(Type.String()),
    category: Type.Optional(Type.String()),
    plan: Type.Record(Type.String(), Type.Record(Type.String(), planItem)),
    bookkeeper: Type.Optional(
      Type.Object({
        id: Type.Optional(Type.String()),
        type: Type.Optional(Type.String()),
        vendor_id: Type.Optional(Type.String()),
      }),
    ),
    merge: Type.Optional(
      Type.Object({ priority: Type.Optional(Type.Integer()), strategy: Type.Optional(Type.String()) }),
    ),
    applications: Type.Optional(freeObject),
    limits: Type.Optional(freeObject),
    ratedeck: Type.Optional(freeObject),
  },
});
