// What the calls of a window come to: billable seconds by direction, domain, kind of number and rate (Kazoo's format_summary).
import { isRecord } from '../../../core/contract/index.ts';
import { type DataReply, monthList, piecesOf, type RestRequest } from '../engine/index.ts';

type Sums = Record<string, Record<string, Record<string, Record<string, number>>>>;

/** `{inbound, outbound}` → domain → classifier → `total`, and the seconds of each rate; read piece by piece. */
export async function summaryOf(request: RestRequest): Promise<DataReply> {
  const list = await monthList(request, { design: 'cdrs', view: 'summarize_cdrs' });
  const sums: Sums = { inbound: {}, outbound: {} };
  for await (const { rows } of piecesOf({ ...list, page: { ...list.page, size: undefined } }))
    for (const row of rows) if (isRecord(row)) add(sums, row);
  return { data: sums };
}

function add(sums: Sums, row: Readonly<Record<string, unknown>>): void {
  const { direction, domain, classifier, billable_seconds, rate_name } = row;
  const seconds = Number(billable_seconds ?? 0);
  const domains = sums[String(direction)];
  if (!domains || !Number.isFinite(seconds)) return;
  const [at, kind] = [String(domain ?? 'unknown'), String(classifier ?? 'unknown')];
  const kinds = domains[at] ?? {};
  const sum = kinds[kind] ?? { total: 0 };
  const rate = typeof rate_name === 'string' ? rate_name : undefined;
  domains[at] = {
    ...kinds,
    [kind]: {
      ...sum,
      total: (sum['total'] ?? 0) + seconds,
      ...(rate !== undefined && { [rate]: (sum[rate] ?? 0) + seconds }),
    },
  };
}
