// Delivers one event to one hook: tries, waits longer each time, and keeps a record of every attempt.
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { AppContext } from '../../core/app/index.ts';
import { gregorian, monthDatabase, monthOf, type StoredDocument } from '../../core/couch/index.ts';
import { AppError, errorText } from '../../core/errors/index.ts';
import { type OutsideAnswer, type OutsideRequest, send } from '../../core/outside/index.ts';
import { formOf } from './form.ts';
import type { Hook, Payload } from './hooks/source.ts';
import { settingOf } from './settings.ts';

export interface Delivery {
  readonly hook: Hook;
  readonly payload: Payload;
  /** The same for every attempt, and when the event is delivered again after a crash. */
  readonly eventId: string;
}

type Outcome = OutsideAnswer | { readonly error: unknown };

export interface Courier {
  /**
   * True when an answer of 2xx came within the hook's `retries`. Every attempt is stored; `onFailure` is called for each
   * that failed and says whether there may be another. Rejects with `stopping` when the process ends first.
   */
  deliver(delivery: Delivery, onFailure: () => Promise<boolean>): Promise<boolean>;
  /** Keeps a record of an event that was not tried at all. */
  refuse(delivery: Delivery, reason: string): Promise<void>;
}

/** `signal` ends what waits for another attempt. */
export function courier({ store, systemConfig, log }: AppContext, signal: AbortSignal): Courier {
  const save = (hook: Hook, attempt: Record<string, unknown>): Promise<void> => {
    const now = new Date();
    const account = String(hook.pvt_account_id);
    return store
      .database(monthDatabase(account, now))
      .save({
        ...attempt,
        _id: `${monthOf(now)}-${randomBytes(16).toString('hex')}`,
        pvt_type: 'webhook_attempt',
        pvt_account_id: account,
        pvt_created: gregorian(now),
      } as StoredDocument)
      .then(
        () => undefined,
        // What was sent was sent: that it could not be noted must not have it sent again.
        (error: unknown) => log.error('an attempt was not stored', { error, hookId: hook._id }),
      );
  };

  const attempt = async (request: OutsideRequest): Promise<Outcome> => {
    const rules = {
      signal: AbortSignal.timeout(await settingOf(systemConfig, 'request_timeout_ms')),
      privateTargets: await settingOf(systemConfig, 'private_targets'),
      privateRedirects: await settingOf(systemConfig, 'private_redirects'),
    };
    return send(request, rules).catch((error: unknown) => ({ error }));
  };

  return {
    deliver: async (delivery, onFailure) => {
      const { hook } = delivery;
      const request = requestOf(delivery);
      const told = aboutRequest(delivery, request);
      const firstDelay = await settingOf(systemConfig, 'retry_delay_ms');
      for (let left = hook.retries ?? 2, delay = firstDelay; ; left--, delay *= 2) {
        const outcome = await attempt(request);
        const ended = isSuccess(outcome);
        const again = !ended && left > 0 && mayHelp(outcome);
        if (!ended || (await settingOf(systemConfig, 'log_successful_attempts')))
          await save(hook, {
            ...told,
            ...aboutOutcome(outcome),
            ...(!ended && { retries_left: again ? left : 'retries exceeded' }),
          });
        if (ended) return true;
        if (!(await onFailure()) || !again) return false;
        await wait(delay, undefined, { signal }).catch(() => {
          throw new AppError('stopping');
        });
      }
    },
    refuse: (delivery, reason) =>
      save(delivery.hook, {
        ...aboutRequest(delivery, requestOf(delivery)),
        result: 'failure',
        reason,
        retries_left: 'retries exceeded',
      }),
  };
}

const isSuccess = (outcome: Outcome): outcome is OutsideAnswer =>
  'status' in outcome && outcome.status >= 200 && outcome.status < 300;

/** A server that says what is wrong with the request will say so again; one that is ill or busy may recover. */
function mayHelp(outcome: Outcome): boolean {
  if ('status' in outcome) return outcome.status >= 500 || outcome.status === 408 || outcome.status === 429;
  return !(outcome.error instanceof AppError) || outcome.error.retryable;
}

/** The request that tells a hook of an event (contract/crossbar.md §11). */
export function requestOf({ hook, payload, eventId }: Delivery): OutsideRequest {
  const { type: _, action: __, ...custom } = hook.custom_data ?? {};
  const told = { ...payload, ...custom };
  const headers = {
    'user-agent': 'Mirliton',
    'x-hook-id': hook._id,
    'x-account-id': String(hook.pvt_account_id),
    'x-event-id': eventId,
  };
  const verb = hook.http_verb ?? 'post';
  if (verb === 'get')
    return {
      url: `${hook.uri}${hook.uri.includes('?') ? '&' : '?'}${formOf(told)}`,
      method: 'GET',
      headers,
      body: '',
    };
  const isJson = hook.format === 'json';
  return {
    url: hook.uri,
    method: verb === 'put' ? 'PUT' : 'POST',
    headers: {
      ...headers,
      'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
    },
    body: isJson ? JSON.stringify(told) : formOf(told),
  };
}

function aboutRequest({ hook, eventId }: Delivery, request: OutsideRequest): Record<string, unknown> {
  return {
    hook_id: hook._id,
    hook_event: hook.hook,
    event_id: eventId,
    ...(hook.custom_data && { custom_data: hook.custom_data }),
    uri: request.url,
    method: request.method.toLowerCase(),
    req_headers: request.headers,
    req_body: request.body,
  };
}

function aboutOutcome(outcome: Outcome): Record<string, unknown> {
  if ('error' in outcome)
    return { result: 'failure', reason: 'no answer', client_error: errorText(outcome.error) };
  const answer = {
    resp_status_code: String(outcome.status),
    resp_headers: outcome.headers,
    resp_body: outcome.body,
  };
  return isSuccess(outcome)
    ? { result: 'success', ...answer }
    : { result: 'failure', reason: 'bad response code', ...answer };
}
