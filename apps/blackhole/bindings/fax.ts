// fax.status.FAX_ID and fax.object.ACTION: faxes of an account.
import { segment } from '../../../core/contract/index.ts';
import { type Family, ofAccount } from './binding.ts';
import { changes } from './object.ts';

export const fax: Family = async ([kind, word = '', ...rest], { id }) => {
  if (word === '' || rest.length > 0) return undefined;
  if (kind === 'object') return changes(word, 'fax', id);
  if (kind !== 'status') return undefined;
  return {
    audience: ofAccount(id),
    topics: [{ exchange: 'faxes', key: `fax.status.${id}.${segment(word)}` }],
  };
};
