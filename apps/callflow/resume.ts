// Going on with a call whose controller died or handed it over (callflow.resume).
import type { Delivery } from '../../core/amqp/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import type { CallControl } from '../../core/calls/index.ts';
import { errorText } from '../../core/errors/index.ts';
import { withLogContext } from '../../core/log/index.ts';
import { channelStatusReq } from '../../core/messages/call.ts';
import type { resume } from '../../core/messages/callflow.ts';
import { fromCallJson, standingOf } from './call/resume.ts';
import type { Calls } from './calls.ts';

// With several ecallmgr nobody answers for a leg that is gone: who does, does so at once.
const statusPatience = 500;

/**
 * Takes up the call where the message says it stands, unless it runs here under the same fetch id already or its leg is known
 * to be gone. Another fetch id means that the switch side has given up the one that runs here. Rejects with `invalid_message`
 * when the message does not say where the call stands: who offers it then goes on looking, or keeps it.
 */
export async function resumeCall(
  context: AppContext,
  calls: Calls,
  control: CallControl,
  { message }: Delivery<typeof resume>,
): Promise<void> {
  const state = fromCallJson(message.Call);
  const standing = standingOf(message);
  const { callId, accountId, fetchId } = state;
  await withLogContext({ callId, accountId }, async () => {
    const { log } = context;
    if (calls.fetchIdOf(callId) === fetchId) return log.debug('the call runs here already');
    // Heard before it is asked, so that its end is not missed in between.
    const hearing = await control.hear(callId, fetchId);
    if (await hasEnded(context, callId)) {
      log.info('the call has ended; it is not resumed');
      return hearing.release();
    }
    log.info('callflow goes on here');
    calls.start(state, hearing, standing);
  });
}

async function hasEnded({ bus, log }: AppContext, callId: string): Promise<boolean> {
  try {
    const status = await bus.request(
      channelStatusReq,
      { 'Call-ID': callId },
      { timeout: statusPatience, silence: 'allowed' },
    );
    return status.Status === 'terminated';
  } catch (error) {
    // Whoever sent us the call believes that it is there.
    log.debug('nobody says how the call is', { error: errorText(error) });
    return false;
  }
}
