// The runtime settings of this app, category `blackhole`, with their defaults.

export const blackholeDefaults = {
  max_bindings_per_socket: 100,
  max_connections_per_ip: 50,
  max_connections_per_account: 500,
  max_waiting_frames: 100,
  /** Bytes that a reader may be behind. */
  max_buffered_bytes: 1_048_576,
  heartbeat_ms: 30_000,
};

export type Limits = typeof blackholeDefaults;

interface Values {
  get<T>(category: string, path: string, fallback: T): Promise<T>;
}

/** All of them, as they stand now. */
export async function limitsOf(values: Values): Promise<Limits> {
  const entries = await Promise.all(
    Object.entries(blackholeDefaults).map(async ([name, fallback]) => [
      name,
      await values.get('blackhole', name, fallback),
    ]),
  );
  return Object.fromEntries(entries) as Limits;
}
