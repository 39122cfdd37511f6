// cccps: calling cards. They are kept, and unlike each other in the whole cluster; nothing in it answers callers by them yet
// (contract/crossbar.md §6.2).
import { resource } from '../../../core/contract/index.ts';
import { cccp } from '../../../core/documents/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { findE164 } from '../../../core/telephony/index.ts';
import {
  accountEndpoint,
  accountFields,
  invalid,
  operation,
  plain,
  type RestRequest,
  removeCopy,
  targetAccount,
  writeCopy,
} from '../engine/index.ts';
import { checkUnique } from '../engine/unique.ts';

const unique = [
  { field: 'pin', listing: { design: 'cccps', view: 'pin_listing' } },
  { field: 'cid', listing: { design: 'cccps', view: 'cid_listing' } },
];

/** The cards of all accounts: whoever calls is known by a PIN or a number before their account is. */
const allCards = ({ services }: RestRequest) => services.store.database('cccps');

export const cccps = plain(
  resource({
    path: 'cccps',
    summary: 'Calling cards',
    document: cccp,
    listing: { design: 'cccps', view: 'crossbar_listing' },
    example: { active: true, pin: '1000', cid: '+14155550100', comment: 'Ann on the road' },
    unique,
    verbs: {
      collection: { GET: 'admin', PUT: 'admin' },
      item: { GET: 'admin', POST: 'admin', DELETE: 'admin' },
    },
    validate: async (request: RestRequest, next, previous) => {
      if (next.cid !== undefined) {
        const e164 = findE164(next.cid);
        if (e164 === undefined) throw invalid('cid', 'pattern', 'must be a number', { value: next.cid });
        next.cid = e164;
      }
      await checkUnique(allCards(request), unique, next, previous?._id);
    },
    afterSave: (request, document) =>
      writeCopy(allCards(request), { ...document, ...accountFields(targetAccount(request)._id) }),
    afterDelete: (request, { _id }) => removeCopy(allCards(request), _id),
  }),
  [
    accountEndpoint('cccps/autodial', {
      PUT: operation('admin', 'Calls two numbers and connects them; nothing here does', async () => {
        throw new AppError('not_implemented', {
          message: 'nothing in this cluster dials for a calling card',
        });
      }),
    }),
  ],
);
