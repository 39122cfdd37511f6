// The `migrations` document: what was done once to the documents of an account (as Kazoo's cb_migrations keeps it).
import { document, Type } from '../contract/index.ts';
import { freeObject } from './shared.ts';

export const migrations = document({
  type: 'migrations',
  schema: 'migrations',
  database: 'account',
  summary: 'What was done once to the documents of an account',
  fields: { migrations_performed: Type.Record(Type.String(), freeObject) },
});
