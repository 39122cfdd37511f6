// Conferences: where they are (contract/kapi.md, kapi_conference).
import { message } from '../contract/index.ts';
import { Any, Count, Flag, maybeText, some } from './fields.ts';

export const searchResp = message({
  category: 'conference',
  name: 'search_resp',
  exchange: 'targeted',
  fields: {
    ...maybeText('Conference-ID Switch-External-IP Switch-Hostname Switch-Nodename Switch-URL UUID'),
    ...some(Flag, 'Answered Dynamic Locked Running'),
    ...some(Count, 'Participant-Count Run-Time Start-Time'),
    ...some(Any, 'Conferences Participants'),
  },
});

/** Where a conference is. Only who drives its switch answers. */
export const searchReq = message({
  category: 'conference',
  name: 'search_req',
  exchange: 'conference',
  key: () => 'conference.discovery',
  fields: maybeText('Account-ID Conference-ID'),
  answers: [searchResp],
});
