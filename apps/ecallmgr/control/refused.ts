// A command that cannot be run: its sender is told, with the request, on `callevt` (contract/kapi.md, kapi_dialplan).
import type { Bus } from '../../../core/amqp/index.ts';
import { errorText, hasCode, toAppError } from '../../../core/errors/index.ts';
import type { Logger } from '../../../core/log/index.ts';
import { dialplanError } from '../../../core/messages/dialplan.ts';

/** The call that the command is for. */
export interface Refused {
  readonly callId: string;
  readonly ended: boolean;
  readonly answered?: boolean;
}

/** Logs and tells why a command is not run; the result tells it once more. */
export function tellRefusal(
  bus: Bus,
  log: Logger,
  command: Readonly<Record<string, unknown>>,
  error: unknown,
  { callId, ended, answered = false }: Refused,
): () => void {
  const text = errorText(error);
  // A command that crosses the end of its call is nobody's mistake.
  const level = hasCode(error, 'call_hung_up') ? 'debug' : 'warn';
  log[level]('a command could not be run', { command: command['Application-Name'], error: text });
  const refusal = {
    'Call-ID': callId,
    'Error-Code': toAppError(error).code,
    'Error-Message': text,
    'Dialplan-Error': text,
    'Channel-State': ended ? 'DESTROY' : 'EXECUTE',
    'Channel-Call-State': ended ? 'HANGUP' : answered ? 'ACTIVE' : 'RINGING',
    Request: { ...command },
  };
  const tell = (): void => {
    bus
      .publish(dialplanError, refusal)
      .catch((cause: unknown) => log.warn('a refusal could not be told', { error: cause }));
  };
  tell();
  return tell;
}
