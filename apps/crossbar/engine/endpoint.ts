// What a resource module declares: paths, and for each verb who may use it and what it does.
import type { Readable } from 'node:stream';
import {
  acceptor,
  type JsonSchema,
  type Permission,
  type ResourceContract,
  type Static,
  type TProperties,
  type TSchema,
  type TUnknown,
  type Verb,
} from '../../../core/contract/index.ts';
import type { ViewRow } from '../../../core/couch/index.ts';
import type { Cost } from './buckets.ts';
import type { Cursor, PageQuery } from './paging.ts';
import type { RestRequest } from './request.ts';

/** An answer in the envelope. */
export interface DataReply {
  readonly data: unknown;
  /** `_rev` of the document shown: becomes `revision` and the ETag. */
  readonly revision?: string | undefined;
  /** Further keys of the envelope, e.g. `page_size`. */
  readonly envelope?: Readonly<Record<string, unknown>>;
  /** Id of what a PUT made. */
  readonly location?: string;
  /** Default: 201 for PUT, else 200. */
  readonly status?: number;
}

/** An answer that is not JSON. */
export interface RawReply {
  readonly body: Readable | Buffer | string;
  readonly contentType: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A list, which is read while it is written: `list`, `listMonths` and `listReply` make it. */
export interface ListReply {
  readonly page: PageQuery;
  /** Rows of the source from `start` on, that one included; at most `limit`. */
  readonly fetch: (start: Cursor | undefined, limit: number) => Promise<readonly ViewRow[]>;
  /** What the client sees of some rows. */
  readonly present: (rows: readonly ViewRow[]) => Promise<readonly unknown[]>;
  /** The columns of a file, in order; default: the keys of its first rows. */
  readonly columns?: readonly string[];
  /** Name of a file that holds the list, without its ending. */
  readonly fileName: string;
}

export type Reply = DataReply | ListReply | RawReply;

/** What the documentation of the API says of an operation; all but `summary` may be left out. */
export interface Described {
  /** One line: what the caller gets or does. */
  readonly summary: string;
  /** `data` of the request. */
  readonly body?: JsonSchema;
  /** Parameters of this operation beyond those of every request, by name: from `data`, the query or the envelope. */
  readonly parameters?: TProperties;
  /** `data` of the answer. */
  readonly reply?: JsonSchema;
  /** A list: pages, order and filters of contract/crossbar.md §3 hold. */
  readonly list?: boolean;
  /** Content types of the answer beside JSON. */
  readonly produces?: readonly string[];
  /** Content types that are taken as a file, beside JSON. */
  readonly uploads?: RegExp;
  /** What it takes from the caller's bucket; default 1. */
  readonly cost?: Cost;
}

export interface Operation extends Described {
  readonly permission: Permission;
  /** `data` as `run` gets it: checked, with the strings that should be numbers turned into them, and with defaults. */
  accept?(data: unknown): unknown;
  /** Whether this very thing may be done without a token: asked when none comes. Default: no. */
  anonymous?(target: AnonymousTarget): Promise<boolean>;
  run(request: RestRequest): Promise<Reply>;
}

/** What a request without a token is about, and whether it came by a link that this cluster signed. */
export type AnonymousTarget = Pick<RestRequest, 'services' | 'account' | 'params' | 'isSigned'>;

/** One path below `/v2`, e.g. `/accounts/:account_id/devices/status`. */
export interface Endpoint {
  readonly path: string;
  readonly operations: Readonly<Partial<Record<Verb, Operation>>>;
}

/** One file of resources/. */
export interface RestModule {
  /** The name of its file. */
  readonly name: string;
  readonly summary: string;
  readonly endpoints: readonly Endpoint[];
  /** What a plain resource was made from. */
  readonly plain?: PlainResource;
}

/** Any declared plain resource whose hooks see a RestRequest. */
// biome-ignore lint/suspicious/noExplicitAny: hooks of different documents have different parameters
export type PlainResource = ResourceContract<any, RestRequest>;

/**
 * Declares what a verb does. `accepts` is what `data` must fit before `run` gets it (a violation is a 400 with Kazoo's
 * codes), and is documented as its body; `body` is documented only, where a document checks itself when it is stored.
 */
export function operation<B extends TSchema = TUnknown>(
  permission: Permission,
  summary: string,
  run: (request: RestRequest<Static<B>>) => Promise<Reply>,
  {
    accepts,
    ...more
  }: Omit<Described, 'summary'> & Pick<Operation, 'anonymous'> & { readonly accepts?: B } = {},
): Operation {
  return {
    permission,
    summary,
    ...(accepts && { body: accepts, accept: acceptor(accepts) }),
    ...more,
    run: (request) => run(request as RestRequest<Static<B>>),
  };
}

/** An endpoint below the account in the path. */
export function accountEndpoint(path: string, operations: Endpoint['operations']): Endpoint {
  return { path: `/accounts/:account_id/${path}`, operations };
}

/** Static path parts come before parameters, so that `devices/status` is not taken for a device. */
export function bySpecificity(a: Endpoint, b: Endpoint): number {
  const [left, right] = [a.path.split('/'), b.path.split('/')];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = Number(left[at]?.startsWith(':')) - Number(right[at]?.startsWith(':'));
    if (order !== 0) return order;
  }
  // Without this the order would not be transitive, and sorting would leave some in the wrong place.
  return left.length - right.length;
}
