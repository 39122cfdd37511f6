// The runtime settings of this app, category `webhooks`, with their defaults.

/** Times in milliseconds. */
export const webhookDefaults = {
  request_timeout_ms: 10_000,
  /** Doubled with every further one. */
  retry_delay_ms: 2_000,
  log_successful_attempts: true,
  attempt_failure_count: 6,
  attempt_failure_expiry_ms: 60_000,
  disable_disabler: false,
  private_targets: true,
  private_redirects: false,
  requests_per_hook: 4,
  waiting_per_hook: 200,
};

export type WebhookSettings = typeof webhookDefaults;

interface Values {
  get<T>(category: string, path: string, fallback: T): Promise<T>;
}

/** One value, as it stands now. */
export function settingOf<K extends keyof WebhookSettings>(
  values: Values,
  name: K,
): Promise<WebhookSettings[K]> {
  return values.get('webhooks', name, webhookDefaults[name]);
}
