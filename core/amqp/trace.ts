// W3C trace context: the `traceparent` header of a message rides on what its handler publishes.
import { AsyncLocalStorage } from 'node:async_hooks';

const traces = new AsyncLocalStorage<string>();
const shape = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Runs `work` under this traceparent; anything else than a well-formed one is ignored. */
export function withTrace<T>(traceparent: unknown, work: () => T): T {
  return typeof traceparent === 'string' && shape.test(traceparent) ? traces.run(traceparent, work) : work();
}

/** The traceparent at hand. */
export function currentTrace(): string | undefined {
  return traces.getStore();
}
