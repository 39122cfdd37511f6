// Asks a server of a provider: over the guarded client, in time, and nothing but JSON comes back.
import { isRecord } from '../../../core/contract/index.ts';
import { AppError, errorText } from '../../../core/errors/index.ts';
import { type OutsideAnswer, send } from '../../../core/outside/index.ts';
import type { Services } from '../engine/request.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Question {
  /** Name of the provider, for whoever reads the error. */
  readonly provider: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

/** An answer below 500. */
export interface Told {
  readonly status: number;
  readonly json: Json;
}

/** Longest answer in bytes. */
const mostBytes = 262_144;
/** Requests of this process that may be under way: nobody needs a token to cause some. */
const mostAtOnce = 50;
let underWay = 0;

/** Whether providers may be in private networks, and spoken to without TLS. */
export const allowsPrivate = ({ systemConfig }: Pick<Services, 'systemConfig'>): Promise<boolean> =>
  systemConfig.get('crossbar', 'auth.oauth.private_providers', false);

/** Rejects with `bad_gateway` when the provider is away, ill or answers something else than JSON. */
export async function ask(services: Services, question: Question): Promise<Told> {
  const { provider } = question;
  if (underWay >= mostAtOnce)
    throw new AppError('too_many_requests', { message: 'too many people are asked for at once' });
  underWay += 1;
  try {
    const answer = await sent(services, question);
    const { status, body, isWhole } = answer;
    if (status >= 500 || status === 429) throw failed(provider, `answered ${status}`);
    if (status >= 300 && status < 400) throw failed(provider, 'sent the request somewhere else');
    const json = isWhole ? parsed(body) : undefined;
    if (json) return { status, json };
    if (status >= 400) return { status, json: {} };
    throw failed(provider, isWhole ? 'answered what is no JSON object' : 'answered too much');
  } finally {
    underWay -= 1;
  }
}

async function sent(
  services: Services,
  { provider, url, method = 'GET', headers = {}, form }: Question,
): Promise<OutsideAnswer> {
  const isPrivate = await allowsPrivate(services);
  checkScheme(provider, url, isPrivate);
  const patience = await services.systemConfig.get('crossbar', 'auth.oauth.timeout_ms', 5_000);
  const accept = { accept: 'application/json', 'user-agent': 'Mirliton' };
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  try {
    return await send(
      {
        url,
        method,
        headers: { ...accept, ...(form && type), ...headers },
        body: form ? new URLSearchParams(form).toString() : '',
      },
      {
        signal: AbortSignal.timeout(patience),
        privateTargets: isPrivate,
        privateRedirects: false,
        // What is sent is a secret, and meant for this server.
        mostRedirects: 0,
        mostBytes,
      },
    );
  } catch (error) {
    services.log.warn('a provider of identities does not answer', { provider, error: errorText(error) });
    throw failed(provider, 'does not answer', error);
  }
}

function checkScheme(provider: string, url: string, isPrivate: boolean): void {
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' };
  if (protocol !== 'https:' && !(isPrivate && protocol === 'http:'))
    throw failed(provider, 'has an address that is not https');
}

function parsed(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

export function failed(provider: string, what: string, cause?: unknown): AppError {
  return new AppError('bad_gateway', { message: `the provider ${provider} ${what}`, cause });
}

/** Somebody who is not let in, and why: it says nothing about who is known here. */
export function refused(
  message: string,
  { cause, details }: { readonly cause?: unknown; readonly details?: Json } = {},
): AppError {
  return new AppError('invalid_credentials', { message, cause, details });
}
