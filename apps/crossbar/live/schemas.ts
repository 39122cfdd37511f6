// Schemas that the apps of the cluster published, compiled to check what a client sends.
import { compile, type Validator } from '../../../core/contract/index.ts';
import { publicPart, type Services } from '../engine/index.ts';

/** Compiled schemas with their revision: compiling costs more than checking. */
const validators = new Map<
  string,
  { readonly revision: string | undefined; readonly validator: Validator }
>();

/** The validator of the schema of this name; undefined when nobody published one. */
export async function findValidator({ store }: Services, name: string): Promise<Validator | undefined> {
  const document = name.startsWith('_') ? undefined : await store.database('system_schemas').find(name);
  if (!document) return undefined;
  const known = validators.get(name);
  if (known && known.revision === document._rev) return known.validator;
  const { id: _, $id: __, ...schema } = publicPart(document);
  const validator = compile(schema, { foreign: true });
  validators.set(name, { revision: document._rev, validator });
  return validator;
}
