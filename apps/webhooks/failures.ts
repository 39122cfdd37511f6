// Counts the failures of each hook, and turns off one that fails too often.
import type { AppContext } from '../../core/app/index.ts';
import { webhookDisabled } from '../../core/messages/notification.ts';
import type { Hook } from './hooks/source.ts';
import { settingOf } from './settings.ts';

const reason = 'too many failed attempts';

/** Notes a failed attempt; resolves to whether the hook is still on. Each process counts its own. */
export function failureCount({ store, bus, systemConfig, log }: AppContext) {
  const failures = new Map<string, number[]>();

  const disable = async (hook: Hook): Promise<void> => {
    failures.delete(hook._id);
    if (hook._rev === undefined) return;
    let isNews = false;
    await store.database('webhooks').update(hook._id, (document) => {
      isNews = document['enabled'] !== false;
      return isNews ? { ...document, enabled: false, pvt_disabled_message: reason } : undefined;
    });
    if (!isNews) return;
    log.warn('a webhook was turned off', { hookId: hook._id, accountId: hook.pvt_account_id, reason });
    await bus.publish(
      webhookDisabled,
      { 'Account-ID': String(hook.pvt_account_id), 'Hook-ID': hook._id },
      { durable: true },
    );
  };

  return async (hook: Hook): Promise<boolean> => {
    const [most, window, isOff] = await Promise.all([
      settingOf(systemConfig, 'attempt_failure_count'),
      settingOf(systemConfig, 'attempt_failure_expiry_ms'),
      settingOf(systemConfig, 'disable_disabler'),
    ]);
    if (!(await isOn(store, hook))) return false;
    const now = performance.now();
    const recent = [...(failures.get(hook._id) ?? []).filter((at) => at > now - window), now];
    failures.set(hook._id, recent);
    if (failures.size > mostKept) failures.delete(failures.keys().next().value as string);
    if (isOff || recent.length < most) return true;
    await disable(hook).catch((error: unknown) =>
      log.error('a webhook that fails could not be turned off', { error, hookId: hook._id }),
    );
    return false;
  };
}

const mostKept = 10_000;

/** It may have been turned off since an event chose it. Hooks of callflows have no document. */
export async function isOn(store: AppContext['store'], hook: Hook): Promise<boolean> {
  if (hook._rev === undefined) return true;
  return (await store.database('webhooks').find(hook._id))?.['enabled'] !== false;
}
