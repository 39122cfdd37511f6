// object.ACTION.TYPE: documents of an account that were made, changed or deleted.
import { segment } from '../../../core/contract/index.ts';
import { objectActions } from '../../../core/websockets/index.ts';
import { chosen, type Family, ofAccount, type Wanted } from './binding.ts';

export const object: Family = async ([action, type, ...rest], { id }) =>
  type === undefined || type === '' || rest.length > 0 ? undefined : changes(action, type, id);

/** Changes of documents of one type. The database in the key may be the account's own or that of any month. */
export function changes(action: string | undefined, type: string, account: string): Wanted | undefined {
  const actions = chosen(action, objectActions);
  if (actions.length === 0) return undefined;
  return {
    audience: ofAccount(account),
    topics: actions.map((name) => ({
      exchange: 'configuration',
      key: `${name}.*.${segment(type)}.#`,
    })),
  };
}
