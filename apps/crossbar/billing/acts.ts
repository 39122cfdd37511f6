// What can be done with the services of an account: assign plans, override them, count by hand, quote.
import type { Static } from '../../../core/contract/index.ts';
import { Type } from '../../../core/contract/index.ts';
import { accountDatabase } from '../../../core/couch/index.ts';
import { limits, servicePlan } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import {
  auditFields,
  type DataReply,
  dataObject,
  exclusive,
  load,
  merged,
  pathParameter,
  publicPart,
  type RestRequest,
  resellerOf,
  targetAccount,
  targetDatabase,
  typed,
} from '../engine/index.ts';
import { changeService, holdingsOf, reconcile } from './holdings.ts';
import { findService, type ServiceDocument, soldTo } from './plans.ts';
import { invoicesOf } from './quote.ts';

type Json = Record<string, unknown>;
type Plans = NonNullable<ServiceDocument['plans']>;

const planIds = Type.Union([
  Type.String(),
  Type.Object({
    id: Type.String(),
    vendor_id: Type.Optional(Type.String()),
    overrides: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  }),
]);

/** Plans to assign and to take away. */
export const planChange = Type.Object({
  add: Type.Optional(Type.Array(planIds)),
  delete: Type.Optional(Type.Array(Type.String())),
  overrides: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
type PlanChange = Static<typeof planChange>;

const serviceOf = (request: RestRequest) => findService(request.services.store, targetAccount(request)._id);

export async function assigned(request: RestRequest): Promise<DataReply> {
  return { data: (await serviceOf(request))?.plans ?? {} };
}

/** Writes what `change` makes of the services of the account, one change at a time, and shows a part of it. */
async function changed(
  request: RestRequest,
  change: (before: ServiceDocument | undefined) => Partial<ServiceDocument>,
): Promise<ServiceDocument> {
  const account = targetAccount(request);
  const { store } = request.services;
  return exclusive(`services ${account._id}`, async () => {
    const saved = await changeService(store, account, (before) => ({
      ...change(before),
      ...auditFields(request),
    }));
    return reconcile(store, account).then(() => saved);
  });
}

/** The plans as they would be. Rejects with `bad_identifier` for a plan that the reseller does not have. */
async function plansWith(
  request: RestRequest,
  before: Plans,
  { add = [], delete: taken = [] }: PlanChange,
): Promise<Plans> {
  const { store } = request.services;
  const vendor = resellerOf(targetAccount(request));
  const missing = taken.find((id) => before[id] === undefined);
  if (missing !== undefined)
    throw new AppError('bad_request', {
      message: 'the plan is not assigned',
      details: { cause: missing, data: { reason: 'plan_is_not_assigned' } },
    });
  const added = await Promise.all(
    add.map(async (one) => {
      const { id, overrides } = typeof one === 'string' ? { id: one, overrides: undefined } : one;
      await load(store.database(accountDatabase(vendor)), servicePlan, id, { fresh: true });
      return [id, { vendor_id: vendor, ...(overrides && { overrides }) }] as const;
    }),
  );
  const kept = Object.entries(before).filter(([id]) => !taken.includes(id));
  return Object.fromEntries([...kept, ...added]);
}

export async function changePlans(request: RestRequest<PlanChange>): Promise<DataReply> {
  const plans = await plansWith(request, (await serviceOf(request))?.plans ?? {}, request.data);
  const { overrides } = request.data;
  const saved = await changed(request, () => ({ plans, ...(overrides && { overrides }) }));
  return { data: saved.plans };
}

export async function assignPlan(request: RestRequest): Promise<DataReply> {
  const id = pathParameter(request, 'plan_id');
  const { overrides } = dataObject(request);
  const add = [{ id, ...(overrides !== undefined && { overrides: overrides as Json }) }];
  const plans = await plansWith(request, (await serviceOf(request))?.plans ?? {}, { add });
  return { data: (await changed(request, () => ({ plans }))).plans };
}

export async function unassignPlan(request: RestRequest): Promise<DataReply> {
  const taken = [pathParameter(request, 'plan_id')];
  const plans = await plansWith(request, (await serviceOf(request))?.plans ?? {}, { delete: taken });
  return { data: (await changed(request, () => ({ plans }))).plans };
}

/** Plans that the reseller sells; whole with `details`. */
export async function available(request: RestRequest, details: boolean): Promise<DataReply> {
  const database = request.services.store.database(accountDatabase(resellerOf(targetAccount(request))));
  const rows = await database.view('service_plans', 'crossbar_listing', { includeDocs: details });
  return { data: rows.map(({ value, doc }) => (details && doc ? publicPart(doc) : value)) };
}

export async function overrides(request: RestRequest): Promise<DataReply> {
  return { data: (await serviceOf(request))?.overrides ?? {} };
}

export async function setOverrides(request: RestRequest, merge: boolean): Promise<DataReply> {
  const data = dataObject(request);
  const saved = await changed(request, (before) => ({
    overrides: merge ? merged(before?.overrides ?? {}, data) : data,
  }));
  return { data: saved.overrides };
}

type Quantities = NonNullable<NonNullable<ServiceDocument['quantities']>['manual']>;

export const manualQuantities = Type.Record(
  Type.String(),
  Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
);

export async function manual(request: RestRequest): Promise<DataReply> {
  return { data: (await serviceOf(request))?.quantities?.manual ?? {} };
}

export async function setManual(request: RestRequest<Quantities>, merge: boolean): Promise<DataReply> {
  const saved = await changed(request, (before) => {
    const quantities = before?.quantities ?? {};
    const next = merge ? merged(quantities.manual ?? {}, request.data) : request.data;
    return { quantities: { ...quantities, manual: next as Quantities } };
  });
  return { data: saved.quantities?.manual };
}

export async function recount(request: RestRequest): Promise<DataReply> {
  const { quantities } = await reconcile(request.services.store, targetAccount(request));
  return { data: { quantities: quantities?.account ?? {} } };
}

/** As if the account had other plans, and no others. */
export async function quote(request: RestRequest<PlanChange>): Promise<DataReply> {
  const { overrides: given } = request.data;
  const before = await serviceOf(request);
  const plans = await plansWith(request, {}, { add: request.data.add ?? [] });
  return summaryOf(request, { ...before, plans, ...(given && { overrides: given }) });
}

export async function summary(request: RestRequest): Promise<DataReply> {
  return summaryOf(request, (await serviceOf(request)) ?? {});
}

/** What an account pays for, and what makes it so (Kazoo's kz_services:summary). */
async function summaryOf(
  request: RestRequest,
  service: Pick<ServiceDocument, 'plans' | 'overrides' | 'quantities'>,
): Promise<DataReply> {
  const { store } = request.services;
  const account = targetAccount(request);
  const [holdings, sold, limit] = await Promise.all([
    holdingsOf(store, account._id, service),
    soldTo(store, account, service),
    targetDatabase(request).find('limits'),
  ]);
  const limited = typed(limits, limit);
  const now = new Date();
  const next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  return {
    data: {
      plans: service.plans ?? {},
      overrides: service.overrides ?? {},
      invoices: invoicesOf(sold, holdings),
      quantities: {
        account: holdings.own,
        cascade: holdings.below,
        manual: service.quantities?.manual ?? {},
      },
      reseller: { id: resellerOf(account), is_reseller: account.pvt_reseller === true },
      ratedeck: {},
      applications: {},
      limits: limited ? publicPart(limited) : {},
      im: {},
      payment_tokens: {},
      billing_cycle: { next: next / 1000 + 62_167_219_200, period: 1, unit: 'month' },
      status: {
        acceptable: true,
        reason:
          Object.keys(service.plans ?? {}).length === 0
            ? 'no service plans assigned'
            : 'good standing not required',
      },
    },
  };
}

/** Without a bookkeeper there is nobody to move money, or to be told of it. */
export async function noBookkeeper(): Promise<never> {
  throw new AppError('not_implemented', { message: 'no bookkeeper is configured: nothing was charged' });
}
