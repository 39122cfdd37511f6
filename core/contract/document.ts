// document(): one declaration of a CouchDB document type gives its type, validator, defaults and served schema.
import { type Static, type TProperties, Type } from 'typebox';
import { AppError } from '../errors/index.ts';
import { coerce } from './coerce.ts';
import { isRecord } from './path.ts';
import { compile, type JsonSchema, registerSchema, type Violation } from './validator.ts';

/** Database classes of contract/couch.md §1. */
export type DatabaseClass =
  | 'account'
  | 'accounts'
  | 'modb'
  | 'numbers'
  | 'system_config'
  | 'system_schemas'
  | 'system_media'
  | 'system_data'
  | 'system_auth'
  | 'sip_auth'
  | 'offnet'
  | 'token_auth'
  | 'services'
  | 'anonymous_cdrs'
  | 'webhooks'
  | 'faxes'
  | 'ratedeck'
  | 'resource_selectors'
  | 'tasks'
  | 'port_requests'
  | 'alerts'
  | 'functions'
  | 'cccps'
  | 'acdc'
  | 'dedicated_ips'
  | 'pending_notifications';

/** Private fields that every stored document carries (contract/couch.md §2). */
export interface StoredFields {
  _id: string;
  _rev?: string;
  _deleted?: boolean;
  _attachments?: Record<
    string,
    { content_type: string; length?: number; digest?: string; stub?: boolean; data?: string }
  >;
  pvt_type?: string;
  pvt_vsn?: string;
  pvt_account_id?: string;
  pvt_account_db?: string;
  pvt_created?: number;
  pvt_modified?: number;
  pvt_deleted?: boolean;
}

/** What two replicas that changed the same document do. `last_write` keeps the greater pvt_modified; `merge` merges public keys over it. */
export type ConflictRule = 'last_write' | 'merge';

export interface DocumentDeclaration<T extends string, P extends TProperties, R extends TProperties> {
  /** `pvt_type` in the store. */
  readonly type: T;
  /** Name under which the schema is served (`/v2/schemas/{name}`), e.g. `devices`. */
  readonly schema: string;
  readonly database: DatabaseClass;
  readonly summary: string;
  readonly fields: P;
  /** `pvt_*` fields of this type: kept in the store, never shown, never settable over REST. */
  readonly privateFields?: R;
  readonly conflict?: ConflictRule;
}

/** A declared document type. Keys that it does not name are kept, never dropped. */
export interface DocumentContract<
  T extends string = string,
  P extends TProperties = TProperties,
  R extends TProperties = TProperties,
> {
  readonly type: T;
  readonly schemaName: string;
  readonly database: DatabaseClass;
  readonly summary: string;
  readonly fields: P;
  readonly privateFields: R;
  readonly conflict: ConflictRule;
  readonly schema: JsonSchema;
  /** Violations of the public part. Nothing is written. */
  check(json: unknown): readonly Violation[];
  /**
   * A copy of the public part with strings turned into the numbers and booleans that the schema wants and with
   * defaults filled in (contract/crossbar.md §2). Throws `invalid_data` with the violations as details.
   */
  accept(json: unknown): Record<string, unknown>;
}

// biome-ignore lint/suspicious/noExplicitAny: "any declared document"
export type AnyDocument = DocumentContract<any, any, any>;

/** The public fields of a document type. */
export type PublicOf<D extends AnyDocument> = Static<ReturnType<typeof Type.Object<D['fields']>>>;

/** The document as stored: public, private and common fields. */
export type DocumentOf<D extends AnyDocument> = StoredFields &
  PublicOf<D> &
  Partial<Static<ReturnType<typeof Type.Object<D['privateFields']>>>>;

/** Declares a document type. */
export function document<
  const T extends string,
  P extends TProperties,
  R extends TProperties = Record<never, never>,
>(declaration: DocumentDeclaration<T, P, R>): DocumentContract<T, P, R> {
  const { type, schema: schemaName, database, summary, fields } = declaration;
  const schema = { $id: schemaName, description: summary, ...Type.Object(fields) };
  registerSchema(schemaName, schema);
  const { $id: _, ...anonymous } = schema;
  const validator = compile(anonymous);
  const accept = acceptor(anonymous, schemaName);
  return {
    type,
    schemaName,
    database,
    summary,
    fields,
    schema,
    privateFields: declaration.privateFields ?? ({} as R),
    conflict: declaration.conflict ?? 'last_write',
    check: (json) => validator.check(json),
    accept: (json) => {
      if (isRecord(json)) return accept(json) as Record<string, unknown>;
      throw rejected(schemaName, [
        { path: '', code: 'type', message: 'must be object', target: 'object', value: json },
      ]);
    },
  };
}

/**
 * Makes what a client sent into what `schema` describes: a copy with strings turned into the numbers and booleans that
 * it wants and with defaults filled in (contract/crossbar.md §2). Throws `invalid_data` with the violations as details;
 * `name` is the schema's, for whoever reads the error.
 */
export function acceptor(schema: JsonSchema, name?: string): (json: unknown) => unknown {
  const validator = compile(schema);
  const filler = compile(schema, { defaults: true });
  return (json) => {
    const copy: unknown = structuredClone(json);
    if (isRecord(copy)) coerce(copy, validator.check(copy));
    const violations = filler.check(copy);
    if (violations.length > 0) throw rejected(name, violations);
    return copy;
  };
}

function rejected(schema: string | undefined, violations: readonly Violation[]): AppError {
  return new AppError('invalid_data', { details: { ...(schema && { schema }), violations } });
}
