// Answers other apps whether a token may read an account, as this API would decide it.
import type { Subscription } from '../../../core/amqp/index.ts';
import { toAppError } from '../../../core/errors/index.ts';
import { accessReq, accessResp } from '../../../core/messages/websockets.ts';
import { findAccount } from '../engine/accounts.ts';
import { authorize } from '../engine/authorize.ts';
import type { Services } from '../engine/request.ts';
import { readToken } from './tokens.ts';

/** All crossbars share the questions. */
export function answerAccess(services: Services): Promise<Subscription> {
  const { bus, store } = services;
  return bus.consume(
    {
      queue: 'crossbar_access',
      bindings: [{ exchange: 'sysconf', key: 'websockets.access' }],
      contracts: [accessReq],
    },
    async (request) => {
      const { 'Account-ID': accountId, 'Auth-Token': token } = request.message;
      try {
        const auth = await readToken(services, token);
        const account = await findAccount(store, accountId);
        const target = { endpoint: 'websockets', parameters: [], verb: 'GET', userId: undefined };
        authorize('account', auth, { account, accountId, ...target });
        await bus.reply(request, accessResp, {
          Allowed: true,
          'Auth-Account-ID': auth.account._id,
          'Account-Realm': account?.realm,
        });
      } catch (error) {
        const { code, retryable } = toAppError(error);
        // Who asks in vain because the store is away is not refused: the question goes unanswered.
        if (!retryable) await bus.reply(request, accessResp, { Allowed: false, Reason: code });
      }
    },
  );
}
