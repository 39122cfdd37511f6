// Who calls: the token of the edge becomes the caller's channel variables, cached until a document behind it changes.
import { LRUCache } from 'lru-cache';
import type { Bus } from '../../../core/amqp/index.ts';
import type { MessageFields } from '../../../core/contract/index.ts';
import type { Store } from '../../../core/couch/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { tokenReq } from '../../../core/messages/authn.ts';
import type { Vars } from '../variables.ts';

/** Whom a token stands for. Rejects with `forbidden` when nobody, `request_timeout` and the like when it cannot be known. */
export interface Callers {
  resolve(token: string, request: Omit<MessageFields<typeof tokenReq>, 'Auth-Token'>): Promise<Vars>;
  stop(): void;
}

/** Milliseconds within which every process has heard of a change. */
const unsettled = 5_000;

export function createCallers(bus: Bus, store: Store): Callers {
  const known = new LRUCache<string, Promise<Vars>>({ max: 20_000, ttl: 7_200_000 });
  /** Tokens by the documents they depend on. */
  const dependents = new Map<string, Set<string>>();
  /** What has just changed: registrar may not have heard of it when it answers. */
  const changed = new LRUCache<string, true>({ max: 10_000, ttl: unsettled });
  const forget = (documentId: string): void => {
    changed.set(documentId, true);
    for (const token of dependents.get(documentId) ?? []) known.delete(token);
    dependents.delete(documentId);
  };
  const depend = (token: string, vars: Vars): void => {
    const ids = [...token.split('@'), vars['Owner-ID'], vars['Account-ID'], vars['Authorizing-ID']];
    for (const id of ids) {
      if (typeof id !== 'string' || id === '') continue;
      if (changed.has(id)) known.delete(token);
      const tokens = dependents.get(id) ?? new Set();
      dependents.set(id, tokens.add(token));
    }
  };
  const ask: Callers['resolve'] = async (token, request) => {
    const answer = await bus.request(tokenReq, { ...request, 'Auth-Token': token });
    if (answer['Event-Name'] !== 'token_resp')
      throw new AppError('forbidden', { message: 'the token of the edge stands for nobody' });
    const vars = answer['Custom-Channel-Vars'] ?? {};
    depend(token, vars);
    return vars;
  };
  const unsubscribe = store.onChange(({ id }) => forget(id));
  return {
    resolve: (token, request) => {
      const cached = known.get(token);
      if (cached) return cached;
      const asked = ask(token, request);
      known.set(token, asked);
      // What failed is asked again by the next call.
      asked.catch(() => known.delete(token));
      return asked;
    },
    stop: () => {
      unsubscribe();
      known.clear();
    },
  };
}
