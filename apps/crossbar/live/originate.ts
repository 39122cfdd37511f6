// Calls that the API makes: endpoints are rung by ecallmgr, and what answers is sent on.
import { randomBytes } from 'node:crypto';
import type { AnswerOf, MessageFields } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { originateReq } from '../../../core/messages/resource.ts';
import { snakeCase } from '../../../core/messages/snake-case.ts';
import type { RestRequest } from '../engine/index.ts';

export type Originate = MessageFields<typeof originateReq>;

/** Milliseconds beyond the ringing until an answer must be here. */
const patience = 10_000;

/** An id for a leg that is made; what it is for shows in it. */
export const newCallId = (purpose: string): string => `${randomBytes(18).toString('hex')}-${purpose}`;

/** Asks for a call and does not wait for it. Rejects with `nobody_listens` when no ecallmgr is there. */
export function startOriginate({ services }: RestRequest, fields: Originate): Promise<void> {
  return services.bus.publish(originateReq, fields, { mandatory: true });
}

/** Makes a call and waits until it was answered. Rejects with `command_failed`, which says why not. */
export async function originate(
  { services }: RestRequest,
  fields: Originate,
): Promise<Extract<AnswerOf<typeof originateReq>, { 'Event-Category': 'resource' }>> {
  const timeout = Number(fields.Timeout ?? 60) * 1000 + patience;
  const answer = await services.bus.request(originateReq, fields, { timeout });
  if (answer['Event-Category'] === 'error')
    throw new AppError('command_failed', { message: answer['Error-Message'] ?? 'the call was not made' });
  return answer;
}

/** A request as clients see it: as Kazoo, without what is for the switches. */
export function shownOriginate({ Endpoints: _, ...fields }: Originate): unknown {
  return snakeCase(JSON.parse(JSON.stringify(fields)));
}
