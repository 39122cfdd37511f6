// Kazoo's exchanges and their types (contract/kapi.md §1). All are non-durable and not auto-deleted.
import type { ExchangeName } from '../contract/index.ts';

export type ExchangeType = 'direct' | 'topic' | 'fanout';

const exceptions: Partial<Record<string, ExchangeType>> = {
  targeted: 'direct',
  callctl: 'direct',
  nodes: 'fanout',
};

/** The type an exchange is declared with by everyone who uses it. */
export function exchangeType(name: ExchangeName | string): ExchangeType {
  return exceptions[name] ?? 'topic';
}

/** True when the target, not the contract, is the routing key. */
export function isDirect(name: ExchangeName): boolean {
  return exchangeType(name) === 'direct';
}
