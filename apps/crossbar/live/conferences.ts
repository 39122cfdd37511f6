// Conferences that run now, asked of all nodes over the bus.
import { isRecord } from '../../../core/contract/index.ts';
import { searchReq } from '../../../core/messages/conference.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import type { RestRequest } from '../engine/index.ts';
import { targetAccount } from '../engine/index.ts';
import { ofNodes } from './patience.ts';

export type Participant = Readonly<Record<string, unknown>>;

/** One conference as a node tells it. `runTime` in seconds. */
export interface Running {
  readonly runTime: number;
  readonly locked: boolean;
  readonly participants: readonly Participant[];
}

/** What runs in the account, by conference id, as the nodes tell it. */
export async function runningInAccount(request: RestRequest): Promise<ReadonlyMap<string, unknown>> {
  const answers = await request.services.bus.collect(
    searchReq,
    { 'Account-ID': targetAccount(request)._id },
    { timeout: ofNodes },
  );
  return new Map(answers.flatMap(({ Conferences }) => Object.entries(Conferences ?? {})));
}

/** The conference of this id that runs longest; undefined when none does. */
export async function findRunning({ services }: RestRequest, id: string): Promise<Running | undefined> {
  const answers = await services.bus.collect(searchReq, { 'Conference-ID': id }, { timeout: ofNodes });
  const told = answers.filter((answer) => answer['Conference-ID'] === id || answer.Participants);
  const [latest] = told.toSorted((a, b) => (b['Run-Time'] ?? 0) - (a['Run-Time'] ?? 0));
  if (!latest) return undefined;
  return {
    runTime: latest['Run-Time'] ?? 0,
    locked: latest.Locked === true,
    participants: latest.Participants ?? [],
  };
}

/** True for those who may do more than others. */
export const isModerator = (participant: Participant): boolean => flagOf(participant, 'Is-Moderator');

/** A flag of a participant's channel in the conference: `Speak`, `Hear`, … */
export function flagOf(participant: Participant, name: string): boolean {
  const vars = participant['Conference-Channel-Vars'];
  return isRecord(vars) && String(vars[name]) === 'true';
}

/** The live part of a conference in a list: zeros when nothing runs. */
export const nothingRuns = { members: 0, moderators: 0, duration: 0, is_locked: false };

/** The live part of one conference. */
export function livePart(running: Running | undefined): Record<string, unknown> {
  if (!running) return { ...nothingRuns, participants: [] };
  const moderators = running.participants.filter(isModerator).length;
  return {
    members: running.participants.length - moderators,
    moderators,
    duration: running.runTime,
    is_locked: running.locked,
    participants: running.participants.map(shownParticipant),
  };
}

/** `Join-Time` is unix seconds; `duration` is counted from it. */
export function shownParticipant(participant: Participant): unknown {
  const joined = Number(participant['Join-Time']);
  const duration = Number.isFinite(joined) ? Math.max(0, Math.round(Date.now() / 1000) - joined) : undefined;
  return { ...(snakeCase(participant) as object), ...(duration !== undefined && { duration }) };
}
