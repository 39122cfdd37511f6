// What happened in a call, as the ecallmgrs that had it tell: of live calls, and for ten minutes after their end.
import { accountDatabase, gregorian, monthOf } from '../../../core/couch/index.ts';
import { callStoryReq } from '../../../core/messages/maintenance.ts';
import { missing, monthRows, type RestRequest, targetAccount } from '../engine/index.ts';
import { accountChannels } from './channels.ts';
import { ofProcesses } from './patience.ts';

type Row = Readonly<Record<string, unknown>>;

/** Seconds that an ecallmgr keeps the story of a call that is over. */
const keptFor = 600;
const most = 500;

/** Ids of the account's calls that there is a story of: those that go on, and those that ended a moment ago. */
export async function inspectable(request: RestRequest): Promise<string[]> {
  const live = (await accountChannels(request)).map(({ uuid }) => String(uuid));
  const ended = await endedLately(request);
  return [...new Set([...live, ...ended])];
}

/** Those whose records are no older than the stories that are kept. */
async function endedLately(request: RestRequest): Promise<string[]> {
  const listing = { design: 'cdrs', view: 'crossbar_listing' };
  const window = { from: gregorian() - keptFor, to: gregorian() + 60 };
  const rows = await monthRows(
    request,
    listing,
    window,
    { descending: true, start: undefined, end: undefined },
    most,
  );
  return rows.map(({ id }) => id.replace(/^\d{6}-/, ''));
}

/** Rejects with `bad_identifier` unless the call is one of the account's, and an ecallmgr still knows it. */
export async function storyOf(request: RestRequest, callId: string): Promise<Row> {
  if (!(await isOurs(request, callId))) throw missing(callId);
  const answers = await request.services.bus.collect(
    callStoryReq,
    { 'Call-ID': callId },
    { timeout: ofProcesses },
  );
  if (answers.length === 0) throw missing(callId);
  const messages = answers
    .flatMap(({ Entries, Node }) =>
      Entries.map((entry) => ({
        timestamp: Number(entry['At']) / 1_000,
        from: entry['Way'] === 'sent' ? Node : (entry['Node'] ?? 'bus'),
        to: entry['Way'] === 'sent' ? 'bus' : Node,
        label: String(entry['What']),
        details: entry['Details'] ?? {},
      })),
    )
    .sort((a, b) => a.timestamp - b.timestamp);
  return { call_id: callId, messages, analysis: [] };
}

async function isOurs(request: RestRequest, callId: string): Promise<boolean> {
  const live = await accountChannels(request);
  if (live.some(({ uuid }) => uuid === callId)) return true;
  const { store } = request.services;
  const account = targetAccount(request)._id;
  // It may have begun last month.
  const months = new Set([0, keptFor, 86_400].map((ago) => monthOf(new Date(Date.now() - ago * 1_000))));
  for (const month of months)
    if (await store.database(`${accountDatabase(account)}-${month}`).find(`${month}-${callId}`)) return true;
  return false;
}
