// The `storage` and `storage_plan` documents: where attachments go that are not to stand in the database (contract/couch.md §4).
import { document, Type } from '../contract/index.ts';
import { byPattern, freeObject, oneOf } from './shared.ts';

const word = (maxLength?: number) =>
  Type.String({ minLength: 1, pattern: '^\\S*$', ...(maxLength !== undefined && { maxLength }) });
const oauth = { oauth_doc_id: word() };

/** What each kind of storage wants to know. */
const settings = {
  azure: Type.Object({ account: Type.String(), container: Type.String(), key: Type.String() }),
  dropbox: Type.Object(oauth),
  google_drive: Type.Object({ ...oauth, folder_id: Type.Optional(Type.String()) }),
  google_storage: oneOf(Type.Object(oauth), Type.Object({ oauth_app_id: Type.String() })),
  http: Type.Object({
    base64_encode_data: Type.Optional(Type.Boolean({ default: false })),
    send_multipart: Type.Optional(Type.Boolean()),
    url: Type.String({ format: 'uri' }),
    verb: Type.Optional(Type.Enum(['post', 'put'], { default: 'put' })),
  }),
  onedrive: Type.Object(oauth),
  s3: Type.Object({
    bucket: Type.String({ minLength: 6, maxLength: 63, pattern: '^\\S*$' }),
    bucket_access_method: Type.Optional(Type.Enum(['auto', 'vhost', 'path'])),
    bucket_after_host: Type.Optional(Type.Boolean()),
    host: Type.Optional(word()),
    key: word(128),
    port: Type.Optional(Type.Integer()),
    region: Type.Optional(word()),
    scheme: Type.Optional(Type.Enum(['http', 'https'])),
    secret: word(128),
  }),
};

/** Somewhere to keep attachments: what is wrong with its settings is told by its handler. */
const attachment = Type.Unsafe<{ handler: string; name?: string; settings: Record<string, unknown> }>({
  type: 'object',
  required: ['handler'],
  discriminator: { propertyName: 'handler' },
  oneOf: Object.entries(settings).map(([handler, its]) =>
    Type.Object({
      handler: Type.Literal(handler),
      name: Type.Optional(Type.String()),
      settings: its,
    }),
  ),
});

/** Another database to keep documents in. */
const connection = Type.Object({
  driver: Type.Enum(['kazoo_couch']),
  name: Type.Optional(Type.String()),
  settings: Type.Object({
    connect_options: Type.Optional(freeObject),
    connect_timeout: Type.Optional(Type.Integer()),
    credentials: Type.Optional(Type.Object({ username: Type.String(), password: Type.String() })),
    ip: Type.String(),
    max_pipeline_size: Type.Optional(Type.Integer()),
    max_sessions: Type.Optional(Type.Integer()),
    pool: Type.Optional(Type.Object({ name: Type.String(), size: Type.Integer() })),
    port: Type.Integer(),
  }),
});

const ofDocuments = Type.Object({
  attachments: Type.Optional(
    Type.Object({
      handler: Type.Optional(Type.String({ description: 'which of the attachments of this document' })),
      params: Type.Optional(Type.Object({ folder_path: Type.Optional(Type.String()) })),
      stub: Type.Optional(Type.Boolean()),
    }),
  ),
  connection: Type.Optional(Type.String({ description: 'which of the connections of this document' })),
});

const documentTypes = ['call_recording', 'fax', 'function', 'mailbox_message', 'media'] as const;
const optional = <K extends string, T extends ReturnType<typeof Type.Object>>(names: readonly K[], it: T) =>
  Type.Object(Object.fromEntries(names.map((name) => [name, Type.Optional(it)])), {
    additionalProperties: false,
  });

/** Where what goes, by class of database and then by type of document. */
const ofDatabases = Type.Object(
  {
    ...ofDocuments.properties,
    database: Type.Optional(
      Type.Object({
        create_options: Type.Optional(freeObject),
        names: Type.Optional(Type.Array(Type.String())),
      }),
    ),
    types: Type.Optional(optional(documentTypes, ofDocuments)),
  },
  { additionalProperties: false },
);

const fields = {
  attachments: Type.Optional(byPattern('^[a-z0-9]{32}$', attachment)),
  connections: Type.Optional(byPattern('^[a-z0-9]{32}$', connection)),
  plan: Type.Optional(optional(['account', 'aggregate', 'modb', 'system'], ofDatabases)),
};

/** Where attachments of an account, of a user or of the system go. */
export const storage = document({
  type: 'storage',
  schema: 'storage',
  database: 'system_data',
  summary: 'Where attachments are kept',
  fields,
});

/** The same as a plan, which accounts may be given. */
export const storagePlan = document({
  type: 'storage_plan',
  schema: 'storage_plans',
  database: 'system_data',
  summary: 'A plan where attachments are kept',
  fields: { name: Type.Optional(Type.String()), ...fields },
  privateFields: { pvt_system_plan: Type.Boolean() },
});
