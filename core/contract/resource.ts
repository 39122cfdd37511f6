// resource(): one declaration of a REST resource: path, verbs with their permission, document, listing view, hooks.
import type { AnyDocument, DatabaseClass, DocumentOf, PublicOf } from './document.ts';

/** Kazoo's verbs: PUT creates, POST replaces, PATCH merges. */
export type Verb = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/**
 * Who may use a verb (contract/crossbar.md §5). `public`: no token. `account`: a token of the account, or of an admin of
 * an ancestor. `admin`: the same, and the user must have priv_level admin. `owner`: as `admin`, and a user may do it to
 * the document of their own. `reseller`: as `admin`, where the account is a reseller. `ancestor`: an admin of an account
 * above. `superduper`: only admins of the master account.
 */
export type Permission = 'public' | 'account' | 'owner' | 'admin' | 'reseller' | 'ancestor' | 'superduper';

/** The verbs of a collection and of one item, each with its permission. */
export interface VerbTable {
  readonly collection: Partial<Record<Verb, Permission>>;
  readonly item: Partial<Record<Verb, Permission>>;
}

/** `GP` on the collection and `GOAD` on an item for account tokens; writes for admins. */
export const standardVerbs: VerbTable = {
  collection: { GET: 'account', PUT: 'admin' },
  item: { GET: 'account', POST: 'admin', PATCH: 'admin', DELETE: 'admin' },
};

/** The view behind a list, and the summary row a document shows in it. */
export interface Listing {
  readonly design: string;
  readonly view: string;
  /** Rows are ids alone, as Kazoo has it for this resource; default: what the view says of each. */
  readonly ids?: true;
  /** Rows are the documents, each as when it is read, as Kazoo has it for this resource. */
  readonly documents?: true;
}

/** A field that no two documents of a database may share. */
export interface UniqueField {
  /** Dotted path; each element of an array counts. */
  readonly field: string;
  /** The view that has the field as its key. */
  readonly listing: Listing;
  /** Upper and lower case are the same, and the view's keys are lower case. */
  readonly fold?: boolean;
}

/** Side effects and further checks of one document type. `Context` is the request as the REST engine shows it. */
export interface ResourceHooks<D extends AnyDocument, Context> {
  /** Checks beyond the schema (uniqueness, references) and normalisation; throws `invalid_data`. */
  readonly validate?: (
    context: Context,
    next: PublicOf<D> & Record<string, unknown>,
    previous: DocumentOf<D> | undefined,
  ) => Promise<void>;
  /** Sets private fields before the document is stored. */
  readonly beforeSave?: (
    context: Context,
    document: DocumentOf<D>,
    previous: DocumentOf<D> | undefined,
  ) => Promise<void>;
  readonly afterSave?: (
    context: Context,
    document: DocumentOf<D>,
    previous: DocumentOf<D> | undefined,
  ) => Promise<void>;
  /** Throws when the document may not be removed as it is. */
  readonly beforeDelete?: (context: Context, document: DocumentOf<D>) => Promise<void>;
  readonly afterDelete?: (context: Context, document: DocumentOf<D>) => Promise<void>;
  /** Adds computed fields to an item that is read. */
  readonly present?: (
    context: Context,
    shown: Record<string, unknown>,
    document: DocumentOf<D>,
  ) => Promise<Record<string, unknown>>;
}

export interface ResourceContract<D extends AnyDocument = AnyDocument, Context = unknown>
  extends ResourceHooks<D, Context> {
  /** First path token below the account, e.g. `devices`. */
  readonly path: string;
  readonly summary: string;
  readonly document: D;
  readonly verbs: VerbTable;
  readonly listing: Listing;
  /** A document that is accepted as it stands and read back the same: for the reference, and for the tests of the resource. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Checked before a document is stored; a clash is `<field>.unique`. */
  readonly unique?: readonly UniqueField[];
  /**
   * The documents belong to another one: `parameter` of the path names it, and so does `field` of each of them. A `DELETE`
   * of the collection removes those of one.
   */
  readonly within?: {
    readonly document: AnyDocument;
    readonly parameter: string;
    readonly field: string;
  };
  /** Serves what a user owns at `users/{id}/<path>`; the view's key is the user's id. */
  readonly byOwner?: Listing;
  /** The id of a document is a name that its maker says in this field; default: `id`, and 32 hexadecimal digits. */
  readonly named?: { readonly field: string; readonly pattern: string };
  /**
   * The documents of all accounts stand in this database of the system: each belongs to the account of its
   * `pvt_account_id`, and the key of the listing begins with that.
   */
  readonly shared?: DatabaseClass;
  /** Serves the same at the top, beside the accounts, from a database of the system. */
  readonly system?: {
    readonly database: DatabaseClass;
    readonly verbs: VerbTable;
    /** Where there are several databases of that class: the one that the request is about. */
    readonly choose?: (context: Context) => Promise<string>;
  };
}

/** Declares a REST resource that stores one document type in the account's database. */
export function resource<D extends AnyDocument, Context>(
  declaration: Omit<ResourceContract<D, Context>, 'verbs'> & { readonly verbs?: VerbTable },
): ResourceContract<D, Context> {
  return { ...declaration, verbs: declaration.verbs ?? standardVerbs };
}
