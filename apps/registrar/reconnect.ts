// Hears that the broker is back: what was told meanwhile never came, and must be asked for again.
import type { Bus } from '../../core/amqp/index.ts';

const lookEvery = 1_000;

/** Calls `onBack` within a second after each return of the broker; the returned function ends that. */
export function whenBrokerReturns(bus: Pick<Bus, 'status'>, onBack: () => void): () => void {
  let known = bus.status().connections;
  const timer = setInterval(() => {
    const { connected, connections } = bus.status();
    if (!connected || connections === known) return;
    known = connections;
    onBack();
  }, lookEvery);
  return () => clearInterval(timer);
}
