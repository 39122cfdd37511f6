// JSON-RPC to one Kamailio over HTTP (its jsonrpcs module behind rel/kamailio/routes/control.cfg).
import { isRecord } from '../../../core/contract/index.ts';
import { AppError, errorText } from '../../../core/errors/index.ts';

/** Parameters as Kamailio reads them. */
export type RpcParams = readonly (string | number)[];

export interface Rpc {
  readonly url: string;
  /** The result. Rejects with `bad_gateway` when Kamailio does not answer within two seconds, or answers with an error. */
  call(method: string, ...params: RpcParams): Promise<unknown>;
}

const timeout = 2_000;

/** A client. `secret` is that of the generated configuration (`edge.secret`). */
export function createRpc(url: string, secret: string): Rpc {
  let id = 0;
  return {
    url,
    call: async (method, ...params) => {
      id += 1;
      const failed = (why: string, cause?: unknown) =>
        new AppError('bad_gateway', { message: `Kamailio at ${url}: ${method} ${why}`, cause });
      let status: number;
      let text: string;
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
          body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
          signal: AbortSignal.timeout(timeout),
        });
        status = response.status;
        text = await response.text();
      } catch (cause) {
        throw failed(`was not answered: ${errorText(cause)}`, cause);
      }
      if (status === 403) throw failed('was refused: edge.secret must be that of its configuration');
      const answer = parse(text);
      if (answer === undefined) throw failed(`was answered ${status} without JSON`);
      if (answer['error'] !== undefined) throw failed(`failed: ${JSON.stringify(answer['error'])}`);
      return answer['result'];
    },
  };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
