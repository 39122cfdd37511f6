// What others may import of core/telephony: pure functions over numbers, URIs, caller ids and endpoints.
export * from './caller-id.ts';
export * from './encryption.ts';
export * from './endpoint.ts';
export * from './expressions.ts';
export * from './hangup-cause.ts';
export * from './networks.ts';
export * from './numbering.ts';
export * from './numbers.ts';
export * from './sip-uri.ts';
export * from './zone-clock.ts';
