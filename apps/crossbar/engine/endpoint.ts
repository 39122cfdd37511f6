// What a resource module declares: paths, and for each verb who may use it and what it does.
import type { Readable } from 'node:stream';
import type { Permission, Verb } from '../../../core/contract/index.ts';
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

export type Reply = DataReply | RawReply;

export interface Operation {
  readonly permission: Permission;
  /** Content types that are taken as a file, beside JSON. */
  readonly uploads?: RegExp;
  run(request: RestRequest): Promise<Reply>;
}

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
}

/** An operation in one line. */
export function operation(
  permission: Permission,
  run: Operation['run'],
  more: Pick<Operation, 'uploads'> = {},
): Operation {
  return { permission, run, ...more };
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
  return 0;
}
