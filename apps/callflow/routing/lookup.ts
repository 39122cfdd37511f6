// Finds the callflow of a number: exactly, by pattern, or the account's no_match (contract/callflow.md §2).
import { type DocumentOf, type FlowNode, isFlowNode } from '../../../core/contract/index.ts';
import type { Database } from '../../../core/couch/index.ts';
import { callflow } from '../../../core/documents/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import { type ExpressionMatch, firstMatch } from '../../../core/telephony/index.ts';
import type { FoundFlow } from '../call/state.ts';

/** A callflow that was found. `noMatch` when it is the one for numbers that nothing else fits. */
export interface Lookup extends FoundFlow {
  readonly document: DocumentOf<typeof callflow>;
  readonly flow: FlowNode | undefined;
  readonly noMatch: boolean;
}

/** The callflow of `number`, or undefined when the account has none. Reads through the store's cache only. */
export async function lookUp(database: Database, number: string, log: Logger): Promise<Lookup | undefined> {
  const exact = await byNumber(database, number);
  if (exact) return found(exact, number);
  const byPattern = await longestPattern(database, number, log);
  if (byPattern) return found(byPattern.document, number, byPattern.match);
  if (!/^\+?\d+$/.test(number)) return undefined;
  const fallback = await byNumber(database, 'no_match');
  return fallback ? { ...found(fallback, number), noMatch: true } : undefined;
}

type Match = NonNullable<ExpressionMatch['match']>;
type CallflowDocument = DocumentOf<typeof callflow>;

function found(document: CallflowDocument, number: string, match?: Match): Lookup {
  const flow = document.flow;
  return {
    document,
    callflowId: document._id,
    number,
    flow: isFlowNode(flow) ? flow : undefined,
    noMatch: document.numbers?.includes('no_match') ?? false,
    ...(match ? { captureGroup: match.longest } : {}),
    ...(match?.named ? { captureGroups: match.named } : {}),
  };
}

async function byNumber(database: Database, number: string): Promise<CallflowDocument | undefined> {
  const [row] = await database.view('callflows', 'listing_by_number', {
    key: number,
    limit: 1,
    sure: true,
  });
  return row ? open(database, row.id) : undefined;
}

/** The pattern that captures the longest text of the number wins. */
async function longestPattern(database: Database, number: string, log: Logger) {
  let best: { readonly id: string; readonly match: Match } | undefined;
  for (const { id, key } of await database.view('callflows', 'listing_by_pattern')) {
    const { match, unusable } = firstMatch([String(key)], number);
    if (unusable.length > 0)
      log.warn('callflow has a pattern that cannot be used', { callflow: id, pattern: key });
    if (match && (!best || match.longest.length > best.match.longest.length)) best = { id, match };
  }
  const document = best ? await open(database, best.id) : undefined;
  return best && document ? { document, match: best.match } : undefined;
}

async function open(database: Database, id: string): Promise<CallflowDocument | undefined> {
  const document = await database.find(id);
  return document?.pvt_type === callflow.type ? (document as CallflowDocument) : undefined;
}
