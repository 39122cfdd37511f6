// One HTTP request to a customer's URL: in time, with few redirects, none of them to where it must not go.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { AppError } from '../../core/errors/index.ts';
import { checkHost, publicLookup } from './addresses.ts';

export interface HookRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Its first 4 KiB. */
  readonly body: string;
}

export interface SendRules {
  readonly signal: AbortSignal;
  /** Whether the URL itself, and what it redirects to, may be in a private network. */
  readonly privateTargets: boolean;
  readonly privateRedirects: boolean;
}

const mostRedirects = 3;
const keptBytes = 4096;
const redirects = new Set([301, 302, 303, 307, 308]);

// Connections that were judged by different rules are not mixed.
const agents = {
  any: { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) },
  public: { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) },
};

/** Rejects when there is no answer: refused, too slow, a private address, too many redirects. */
export async function send(request: HookRequest, rules: SendRules): Promise<HookAnswer> {
  let next = request;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const answer = await once(next, rules.signal, hop === 0 ? rules.privateTargets : rules.privateRedirects);
    const { location } = answer.headers;
    if (!redirects.has(answer.status) || location === undefined) return answer;
    next = redirected(next, answer.status, location);
  }
  throw new AppError('bad_gateway', { message: `more than ${mostRedirects} redirects` });
}

/** 307 and 308 repeat the request; the others become a GET (RFC 9110 §15.4). */
function redirected(request: HookRequest, status: number, location: string): HookRequest {
  if (!URL.canParse(location, request.url))
    throw new AppError('bad_gateway', { message: `redirected to ${location}, which is no URL` });
  const url = new URL(location, request.url).href;
  if (status === 307 || status === 308 || request.method === 'GET') return { ...request, url };
  const { 'content-type': _, ...headers } = request.headers;
  return { url, method: 'GET', headers, body: '' };
}

function once(
  { url: text, method, headers, body }: HookRequest,
  signal: AbortSignal,
  mayBePrivate: boolean,
): Promise<HookAnswer> {
  const url = new URL(text);
  const isSecure = url.protocol === 'https:';
  if (!isSecure && url.protocol !== 'http:')
    throw new AppError('invalid_data', { message: `${url.protocol}// is not spoken, only http and https` });
  if (!mayBePrivate) checkHost(url.hostname);
  const agent = agents[mayBePrivate ? 'any' : 'public'][isSecure ? 'https' : 'http'];
  return new Promise((resolve, reject) => {
    const sent = (isSecure ? httpsRequest : httpRequest)(
      url,
      {
        method,
        agent,
        signal,
        headers: {
          ...headers,
          ...(method !== 'GET' && { 'content-length': String(Buffer.byteLength(body)) }),
        },
        ...(!mayBePrivate && { lookup: publicLookup }),
      },
      (incoming) => void read(incoming).then(resolve, reject),
    );
    sent.once('error', reject);
    sent.end(method === 'GET' ? undefined : body);
  });
}

async function read(incoming: IncomingMessage): Promise<HookAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop closes the connection: nobody is made to read without end.
    if (size > keptBytes) break;
  }
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).subarray(0, keptBytes).toString(),
  };
}
