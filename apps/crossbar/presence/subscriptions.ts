// Who watches which lamps of an account: asked of all edges.
import { isRecord } from '../../../core/contract/index.ts';
import { presenceSearchReq } from '../../../core/messages/presence.ts';
import { parameter, type RestRequest, targetAccount } from '../engine/index.ts';
import { ofNodes } from '../live/patience.ts';

/** `summary`: how many watch whom; `detail`: each, of one lamp or of all. Without a realm there are none. */
export async function subscriptionsOf(
  request: RestRequest,
  kind: 'detail' | 'summary',
  username?: string,
): Promise<unknown> {
  const { realm } = targetAccount(request);
  if (realm === undefined) return undefined;
  const event = parameter(request, 'event');
  const answers = await request.services.bus.collect(
    presenceSearchReq,
    {
      Realm: realm,
      'Search-Type': kind,
      ...(username !== undefined && { Username: username }),
      ...(typeof event === 'string' && { 'Event-Package': event }),
    },
    { timeout: ofNodes },
  );
  return joined(answers.map(({ Subscriptions }) => Subscriptions));
}

/** Answers of several edges as one: lists follow each other, counts add up, objects are merged. */
function joined(values: readonly unknown[]): unknown {
  return values.reduce((sum, value) => {
    if (value === undefined) return sum;
    if (Array.isArray(sum) && Array.isArray(value)) return sum.concat(value);
    if (typeof sum === 'number' && typeof value === 'number') return sum + value;
    if (!isRecord(sum) || !isRecord(value)) return sum ?? value;
    const keys = [...new Set([...Object.keys(sum), ...Object.keys(value)])];
    return Object.fromEntries(keys.map((key) => [key, joined([sum[key], value[key]])]));
  }, undefined);
}
