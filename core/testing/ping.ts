// Two small contracts to try a bus with.
import { message, segment, Type } from '../contract/index.ts';
import { AppError } from '../errors/index.ts';

export const pong = message({
  category: 'test',
  name: 'pong',
  exchange: 'targeted',
  fields: { Value: Type.Integer() },
});

export const ping = message({
  category: 'test',
  name: 'ping',
  exchange: 'callmgr',
  key: (m) => `ping.${segment(m.Realm)}`,
  fields: { Realm: Type.String(), Note: Type.Optional(Type.String()) },
  answers: [pong],
});

export const everyPing = [{ exchange: 'callmgr', key: 'ping.*' }] as const;

/** The code of the error that `work` ends with, or `fine`. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'fine';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}
