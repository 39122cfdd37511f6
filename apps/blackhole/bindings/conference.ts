// conference.event.CONFERENCE_ID.CALL_ID, conference.event.*.CONFERENCE_ID.* (as Monster UI has it), conference.command.CONFERENCE_ID.
import { segment } from '../../../core/contract/index.ts';
import { accountDatabase } from '../../../core/couch/index.ts';
import { conference as contract } from '../../../core/documents/index.ts';
import { type Family, ofAccount, ofConference } from './binding.ts';

export const conference: Family = async ([kind, ...words], { id, store }) => {
  const [conferenceId = '', ...rest] = isRoutingKey(words) ? words.slice(1) : words;
  if (kind === 'event' && conferenceId !== '' && rest.length > 0)
    return {
      audience: ofAccount(id),
      topics: [
        {
          exchange: 'conference',
          key: `conference.event.*.${id}.${segment(conferenceId)}.${segment(rest.join('.'))}`,
        },
      ],
    };
  // Commands do not say whose conference they are for: it must be one of the account.
  if (kind !== 'command' || rest.length > 0) return undefined;
  const document = await store.database(accountDatabase(id)).find(conferenceId);
  if (document?.pvt_type !== contract.type) return undefined;
  return {
    audience: ofConference(conferenceId),
    topics: [{ exchange: 'conference', key: `conference.command.${segment(conferenceId)}` }],
  };
};

/** Whether it is written as the key on the bus is, whose first word names the instance of the conference. */
const isRoutingKey = (words: readonly string[]): boolean =>
  words.length === 3 && words[0] === '*' && words[2] === '*';
