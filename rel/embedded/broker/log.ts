// What the broker needs of a logger; a winston logger fits.
export interface BrokerLog {
  info(message: string, details?: Record<string, unknown>): unknown;
  warn(message: string, details?: Record<string, unknown>): unknown;
  error(message: string, details?: Record<string, unknown>): unknown;
}

export const SILENT: BrokerLog = { info: () => {}, warn: () => {}, error: () => {} };
