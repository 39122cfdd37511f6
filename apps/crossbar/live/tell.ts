// Telling other apps of a write that stands in any case.
import type { AnyMessage, MessageFields } from '../../../core/contract/index.ts';
import type { Services } from '../engine/index.ts';

/** Milliseconds to wait for a broker that is away. */
const patience = 1000;

/** Publishes; when the broker is away that is logged, and the client is not told that its write failed. */
export async function tell<M extends AnyMessage>(
  { bus, log }: Services,
  contract: M,
  fields: MessageFields<M>,
): Promise<void> {
  try {
    await bus.publish(contract, fields, { timeout: patience });
  } catch (error) {
    log.warn('other apps could not be told of a change', { message: contract.id, error });
  }
}
