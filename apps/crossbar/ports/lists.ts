// Lists of port requests by state or number: of an account, of those below it, of those that one carries out.
import type { StoredDocument } from '../../../core/couch/index.ts';
import { portRequest } from '../../../core/documents/index.ts';
import { findE164 } from '../../../core/telephony/index.ts';
import { type DataReply, findAccount, invalid, parameter, type RestRequest, typed } from '../engine/index.ts';
import { shownPort } from './show.ts';
import { groups, type PortRequest, type PortState } from './states.ts';

/** Whose requests: the view that has them by `[account, state, time]`. */
export type Whose = 'listing_by_state' | 'listing_by_descendant_state' | 'agent_listing_by_state';

/** Grouped by account: `[{account_id, account_name, port_requests}]`; `by_number` gives the requests themselves. */
export async function listPorts(request: RestRequest, whose: Whose, account: string): Promise<DataReply> {
  const number = parameter(request, 'by_number');
  if (number !== undefined) return { data: await byNumber(request, whose, account, String(number)) };
  return listStates(request, whose, account, statesOf(parameter(request, 'by_types')));
}

export async function listStates(
  request: RestRequest,
  whose: Whose,
  account: string,
  states: readonly PortState[],
): Promise<DataReply> {
  const database = request.services.store.database('port_requests');
  const found: PortRequest[] = [];
  for (const state of states) {
    const rows = await database.view('port_requests', whose, {
      startKey: [account, state],
      endKey: [account, state, {}],
      includeDocs: true,
    });
    found.push(...rows.flatMap(({ doc }) => portOf(doc)));
  }
  return { data: await grouped(request, found) };
}

const portOf = (document: StoredDocument | undefined): PortRequest[] => {
  const found = typed(portRequest, document);
  return found ? [found] : [];
};

async function grouped(request: RestRequest, ports: readonly PortRequest[]): Promise<object[]> {
  const accounts = new Map<string, PortRequest[]>();
  for (const port of ports) {
    const account = String(port.pvt_account_id);
    accounts.set(account, [...(accounts.get(account) ?? []), port]);
  }
  return Promise.all(
    [...accounts].map(async ([account_id, own]) => ({
      account_id,
      account_name: (await findAccount(request.services.store, account_id))?.name ?? 'unknown',
      // Monster UI asks for each below the account that it names.
      port_requests: own.map((one) => ({ ...shownPort(request, one), account_id })),
    })),
  );
}

async function byNumber(
  request: RestRequest,
  whose: Whose,
  account: string,
  number: string,
): Promise<object[]> {
  const e164 = findE164(number);
  if (e164 === undefined) throw invalid('by_number', 'pattern', 'must be a number', { value: number });
  const rows = await request.services.store
    .database('port_requests')
    .view('port_requests', 'listing_by_number', { key: e164, includeDocs: true });
  const belongs: Readonly<Record<Whose, (port: PortRequest) => boolean>> = {
    listing_by_state: (port) => port.pvt_account_id === account,
    listing_by_descendant_state: (port) => port.pvt_tree?.includes(account) === true,
    agent_listing_by_state: (port) => port.pvt_port_authority === account,
  };
  return rows
    .flatMap(({ doc }) => portOf(doc))
    .filter(belongs[whose])
    .map((port) => shownPort(request, port));
}

/** The states that `by_types` names: one group, or states between commas. Default: those that are not over. */
export function statesOf(types: unknown): readonly PortState[] {
  const names = (Array.isArray(types) ? types : String(types ?? 'active').split(',')).map((one) =>
    String(one).trim(),
  );
  const all = groups['all'] as readonly PortState[];
  return [...new Set(names)].flatMap((name) => {
    const known = groups[name] ?? all.filter((state) => state === name);
    if (known.length > 0) return known;
    const target = [...Object.keys(groups), ...all];
    throw invalid('by_types', 'enum', `no state of a port request: ${name}`, { target, value: name });
  });
}
