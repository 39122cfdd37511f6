// The runtime settings of this app, category `teletype`, with their defaults: the way mails leave.

export const teletypeDefaults = {
  /** Host of the mail server; empty: no mail can be sent. */
  smtp_relay: '',
  smtp_port: 25,
  smtp_username: '',
  smtp_password: '',
  /** TLS from the first byte; without it STARTTLS is used where the server offers it. */
  smtp_tls: false,
  default_from: 'no_reply@localhost.localdomain',
  timeout_ms: 30_000,
};

export type TeletypeSettings = typeof teletypeDefaults;

interface Values {
  get<T>(category: string, path: string, fallback: T): Promise<T>;
}

/** All of them, as they stand now. */
export async function teletypeSettings(values: Values): Promise<TeletypeSettings> {
  const entries = await Promise.all(
    Object.entries(teletypeDefaults).map(async ([name, fallback]) => [
      name,
      await values.get('teletype', name, fallback),
    ]),
  );
  return Object.fromEntries(entries) as TeletypeSettings;
}
