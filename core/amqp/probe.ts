// Whether one broker answers, and what it is: for operators, beside the bus, which takes any that does.
import { connect } from 'amqplib';
import { errorText } from '../errors/index.ts';

export interface BrokerState {
  /** Without the password. */
  readonly url: string;
  readonly up: boolean;
  /** Name and version as the broker gives them, or why it is not up. */
  readonly detail: string;
}

/** Connects once and leaves. Never rejects. */
export async function probeBroker(url: string, timeout = 5_000): Promise<BrokerState> {
  const { protocol, host, pathname } = new URL(url);
  const shown = `${protocol}//${host}${pathname}`;
  try {
    const model = await connect(url, { timeout });
    // What fails from here on is not worth a word: it has answered.
    model.on('error', () => undefined);
    const { product, version } = model.connection.serverProperties;
    await model.close().catch(() => undefined);
    return { url: shown, up: true, detail: [product, version].filter(Boolean).join(' ') };
  } catch (error) {
    return { url: shown, up: false, detail: errorText(error) || 'no connection' };
  }
}
