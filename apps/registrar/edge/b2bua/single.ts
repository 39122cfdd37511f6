// A request outside of dialogs (MESSAGE, NOTIFY, …) that goes on as one of our own: nothing of the way it came by goes along.
import type { RawAnswer, RawRequest, RawSrf } from '../drachtio.ts';
import type { Destination, Failure } from './setup.ts';

/** Methods that neither begin a dialog nor need one. */
const standalone = new Set(['MESSAGE', 'NOTIFY', 'OPTIONS', 'INFO', 'PUBLISH']);

export const isStandalone = (method: string): boolean => standalone.has(method);

/** Sends to all at once. Resolves with the first success, or else with the best answer; the server makes a 408 of silence. */
export async function sendOn(
  srf: RawSrf,
  { method, body }: RawRequest,
  destinations: readonly Destination[],
  headers: Readonly<Record<string, string>>,
): Promise<Failure> {
  const send = ({ uri, route, headers: own }: Destination): Promise<Failure> =>
    new Promise((resolve) => {
      const options = {
        method,
        headers: { ...headers, ...own },
        ...(body ? { body } : {}),
        ...(route === undefined ? {} : { proxy: route }),
      };
      srf.request(uri, options, (error, sent) => {
        if (error || !sent) resolve({ status: 503, reason: 'Service Unavailable' });
        else
          sent.on('response', (answer: RawAnswer) => {
            if (answer.status >= 200) resolve({ status: answer.status, reason: answer.reason, answer });
          });
      });
    });
  const outcomes = await Promise.all(destinations.map(send));
  return (
    outcomes.sort((a, b) => a.status - b.status)[0] ?? { status: 480, reason: 'Temporarily Unavailable' }
  );
}
