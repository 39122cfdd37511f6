// services: which plans an account has, what they come to, and who agreed to it (contract/crossbar.md §6.5).
import { Type } from '../../../core/contract/index.ts';
import { auditLog } from '../../../core/documents/index.ts';
import {
  assigned,
  assignPlan,
  available,
  changePlans,
  manual,
  manualQuantities,
  noBookkeeper,
  overrides,
  planChange,
  quote,
  recount,
  setManual,
  setOverrides,
  summary,
  unassignPlan,
} from '../billing/acts.ts';
import { auditSummary, listAudit, readAudit } from '../billing/audit.ts';
import { editable } from '../billing/editable.ts';
import { accountEndpoint, flag, operation, pathParameter, type RestModule } from '../engine/index.ts';

const free = Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()));
const range = { created_from: Type.Optional(Type.Integer()), created_to: Type.Optional(Type.Integer()) };
const amount = Type.Object({ amount: Type.Number({ exclusiveMinimum: 0, description: 'dollars' }) });

export const services: RestModule = {
  name: 'services',
  summary: 'Plans of an account, and what they come to',
  endpoints: [
    accountEndpoint('services', {
      GET: operation('admin', 'Plans of the account, by id', assigned),
      // An account does not choose what it pays: whoever sells to it does.
      POST: operation('ancestor', 'Assigns plans and takes others away', changePlans, {
        accepts: planChange,
      }),
    }),
    accountEndpoint('services/editable', {
      GET: operation('account', 'What a plan may say a price for', async () => ({ data: editable() })),
    }),
    accountEndpoint('services/available', {
      GET: operation('admin', 'Plans that the reseller sells', (it) => available(it, flag(it, 'details')), {
        parameters: { details: Type.Optional(Type.Boolean()) },
      }),
    }),
    accountEndpoint('services/summary', {
      GET: operation('admin', 'Plans, invoices, quantities and standing', summary),
    }),
    accountEndpoint('services/quote', {
      POST: operation('admin', 'The summary as if the account had these plans', quote, {
        accepts: planChange,
      }),
    }),
    accountEndpoint('services/topup', {
      POST: operation('admin', 'Adds to the credit of the account', noBookkeeper, { accepts: amount }),
    }),
    accountEndpoint('services/synchronization', {
      POST: operation('ancestor', 'Tells the bookkeeper what there is', noBookkeeper),
    }),
    accountEndpoint('services/reconciliation', {
      POST: operation('ancestor', 'Counts the account anew', recount),
    }),
    accountEndpoint('services/overrides', {
      GET: operation('admin', 'What holds for the account instead of its plans', overrides),
      POST: operation('ancestor', 'Replaces the overrides', (it) => setOverrides(it, false), {
        accepts: free,
      }),
      PATCH: operation('ancestor', 'Merges into the overrides', (it) => setOverrides(it, true)),
    }),
    accountEndpoint('services/manual', {
      GET: operation('admin', 'Quantities that stand in the place of counted ones', manual),
      POST: operation('ancestor', 'Replaces them', (it) => setManual(it, false), {
        accepts: manualQuantities,
      }),
      PATCH: operation('ancestor', 'Merges into them', (it) => setManual(it, true), {
        accepts: manualQuantities,
      }),
    }),
    accountEndpoint('services/audit', {
      GET: operation('admin', 'Who agreed to which charges', listAudit, { list: true, parameters: range }),
    }),
    accountEndpoint('services/audit/summary', {
      GET: operation('admin', 'Additions by item and day', (it) => auditSummary(it), { parameters: range }),
    }),
    accountEndpoint('services/audit/summary/:source', {
      GET: operation(
        'admin',
        'Additions of an item by day',
        (it) => auditSummary(it, pathParameter(it, 'source')),
        { parameters: range },
      ),
    }),
    accountEndpoint('services/audit/:id', {
      GET: operation('admin', 'An entry', readAudit, { reply: auditLog.schema }),
    }),
    accountEndpoint('services/:plan_id', {
      POST: operation('ancestor', 'Assigns a plan', assignPlan, {
        accepts: Type.Object({ overrides: Type.Optional(free) }),
      }),
      DELETE: operation('ancestor', 'Takes a plan away', unassignPlan),
    }),
  ],
};
