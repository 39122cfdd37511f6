// The nodes of a CouchDB cluster one by one: is it up, what is it, whom does it see. For operators.
import { isRecord } from '../contract/index.ts';
import { errorText } from '../errors/index.ts';

export interface CouchNodeState {
  readonly url: string;
  readonly up: boolean;
  readonly version?: string;
  /** Nodes that belong to the cluster, and those that this one sees now. */
  readonly members?: readonly string[];
  readonly seen?: readonly string[];
  /** Why it is not up, or why it does not say more. */
  readonly detail?: string;
}

/** Asks one node. Never rejects. */
export async function probeCouch(
  url: string,
  { user, password, timeout = 5_000 }: { user: string; password: string; timeout?: number },
): Promise<CouchNodeState> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const ask = async (path: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url.replace(/\/+$/, '')}/${path}`, {
      headers: { authorization },
      signal: AbortSignal.timeout(timeout),
    });
    const body: unknown = await response.json();
    const fields = isRecord(body) ? body : {};
    if (!response.ok)
      throw new Error(`/${path} answered ${response.status} ${String(fields['reason'] ?? '')}`);
    return fields;
  };
  try {
    const [{ version }] = await Promise.all([ask(''), ask('_up')]);
    const { all_nodes, cluster_nodes } = await ask('_membership');
    return {
      url,
      up: true,
      version: String(version),
      members: texts(cluster_nodes),
      seen: texts(all_nodes),
    };
  } catch (error) {
    const { cause } = error as { cause?: { message?: string } };
    return { url, up: false, detail: cause?.message || errorText(error) };
  }
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
