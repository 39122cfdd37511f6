// One HTTP request to a URL that others chose: in time, with few redirects, none of them to where it must not go.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { AppError } from '../errors/index.ts';
import { checkHost, publicLookup } from './addresses.ts';

export interface OutsideRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface OutsideAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Its first `OutsideRules.mostBytes`. */
  readonly body: string;
  /** False when there was more. */
  readonly isWhole: boolean;
}

export interface OutsideRules {
  readonly signal: AbortSignal;
  /** Whether the URL itself, and what it redirects to, may be in a private network. */
  readonly privateTargets: boolean;
  readonly privateRedirects: boolean;
  /** Default 3. With 0 a redirect is an error: what the request carries is meant for nobody else. */
  readonly mostRedirects?: number;
  /** Of the answer that are read; default 4,096. */
  readonly mostBytes?: number;
}

const defaults = { mostRedirects: 3, mostBytes: 4096 };
const redirects = new Set([301, 302, 303, 307, 308]);

// Connections that were judged by different rules are not mixed.
const agents = {
  any: { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) },
  public: { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) },
};

/** Rejects when there is no answer: refused, too slow, a private address, too many redirects. */
export async function send(request: OutsideRequest, rules: OutsideRules): Promise<OutsideAnswer> {
  const { signal, privateTargets, privateRedirects, mostRedirects, mostBytes } = { ...defaults, ...rules };
  let next = request;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const answer = await once(next, {
      signal,
      mayBePrivate: hop === 0 ? privateTargets : privateRedirects,
      mostBytes,
    });
    const { location } = answer.headers;
    if (!redirects.has(answer.status) || location === undefined) return answer;
    next = redirected(next, answer.status, location);
  }
  throw new AppError('bad_gateway', { message: `more than ${mostRedirects} redirects` });
}

/** 307 and 308 repeat the request; the others become a GET (RFC 9110 §15.4). */
function redirected(request: OutsideRequest, status: number, location: string): OutsideRequest {
  if (!URL.canParse(location, request.url))
    throw new AppError('bad_gateway', { message: `redirected to ${location}, which is no URL` });
  const url = new URL(location, request.url).href;
  if (status === 307 || status === 308 || request.method === 'GET') return { ...request, url };
  const { 'content-type': _, ...headers } = request.headers;
  return { url, method: 'GET', headers, body: '' };
}

interface OnceRules {
  readonly signal: AbortSignal;
  readonly mayBePrivate: boolean;
  readonly mostBytes: number;
}

function once(
  { url: text, method, headers, body }: OutsideRequest,
  { signal, mayBePrivate, mostBytes }: OnceRules,
): Promise<OutsideAnswer> {
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
      (incoming) => void read(incoming, mostBytes).then(resolve, reject),
    );
    sent.once('error', reject);
    sent.end(method === 'GET' ? undefined : body);
  });
}

async function read(incoming: IncomingMessage, mostBytes: number): Promise<OutsideAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop closes the connection: nobody is made to read without end.
    if (size > mostBytes) break;
  }
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).subarray(0, mostBytes).toString(),
    isWhole: size <= mostBytes,
  };
}
