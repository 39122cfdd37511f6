// From the protocol header to connection.open: who the client is and what the two agreed on.
import { timingSafeEqual } from 'node:crypto';
import type { FieldTable } from './codec/fields.ts';
import type { AnyMethod, MethodArgs } from './codec/methods.ts';
import type { Output } from './output.ts';
import { ProtocolError } from './protocol-error.ts';

export const PROTOCOL_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
export const LIMITS = { channelMax: 2047, frameMax: 131072, frameMin: 4096, heartbeat: 60 };

export interface Agreement {
  user: string;
  capabilities: FieldTable;
  channelMax: number;
  frameMax: number;
  /** Seconds; 0 for none. */
  heartbeat: number;
}

const CAPABILITIES = {
  publisher_confirms: true,
  'basic.nack': true,
  consumer_cancel_notify: true,
  'connection.blocked': true,
  authentication_failure_close: true,
  per_consumer_qos: true,
  direct_reply_to: true,
};

export class Handshake {
  readonly #output: Output;
  readonly #user: string;
  readonly #password: string;
  readonly #agreement: Agreement = { user: '', capabilities: {}, ...LIMITS };
  #expected: 'connection.start-ok' | 'connection.tune-ok' | 'connection.open' = 'connection.start-ok';

  constructor(output: Output, user: string, password: string) {
    this.#output = output;
    this.#user = user;
    this.#password = password;
  }

  start(): void {
    this.#output.method(0, 'connection.start', {
      versionMajor: 0,
      versionMinor: 9,
      properties: { product: 'Mirliton broker', capabilities: CAPABILITIES },
      mechanisms: Buffer.from('PLAIN'),
      locales: Buffer.from('en_US'),
    });
  }

  /**
   * Returns the agreement when the connection is open.
   * @throws ProtocolError for a wrong password, impossible limits, an unknown vhost, or a method out of turn.
   */
  receive(method: AnyMethod): Agreement | undefined {
    if (method.name !== this.#expected) {
      throw new ProtocolError('COMMAND_INVALID', `expected ${this.#expected}, got ${method.name}`);
    }
    if (method.name === 'connection.start-ok') this.#authenticate(method.args);
    else if (method.name === 'connection.tune-ok') this.#tune(method.args);
    else if (method.name === 'connection.open') return this.#open(method.args.vhost);
    return undefined;
  }

  #authenticate({ mechanism, response, properties }: MethodArgs<'connection.start-ok'>): void {
    if (mechanism !== 'PLAIN') {
      throw new ProtocolError(
        'COMMAND_INVALID',
        `unknown authentication mechanism '${mechanism}', use PLAIN`,
      );
    }
    const [, user = '', password = ''] = response.toString('utf8').split('\0');
    if (!isSame(user, this.#user) || !isSame(password, this.#password)) {
      const refused =
        'Login was refused using authentication mechanism PLAIN. For details see the broker logfile.';
      throw new ProtocolError('ACCESS_REFUSED', refused, 'connection');
    }
    const capabilities = properties['capabilities'];
    this.#agreement.user = user;
    if (isTable(capabilities)) this.#agreement.capabilities = capabilities;
    this.#expected = 'connection.tune-ok';
    const { channelMax, frameMax, heartbeat } = LIMITS;
    this.#output.method(0, 'connection.tune', { channelMax, frameMax, heartbeat });
  }

  #tune({ channelMax, frameMax, heartbeat }: MethodArgs<'connection.tune-ok'>): void {
    const refuse = (text: string) => new ProtocolError('NOT_ALLOWED', text);
    // 0 means "no limit of mine".
    if (channelMax > LIMITS.channelMax) {
      throw refuse(
        `negotiated channel_max = ${channelMax} is higher than the maximum allowed value (${LIMITS.channelMax})`,
      );
    }
    if (frameMax > LIMITS.frameMax) {
      throw refuse(
        `negotiated frame_max = ${frameMax} is higher than the maximum allowed value (${LIMITS.frameMax})`,
      );
    }
    if (frameMax > 0 && frameMax < LIMITS.frameMin) {
      throw refuse(
        `negotiated frame_max = ${frameMax} is lower than the minimum allowed value (${LIMITS.frameMin})`,
      );
    }
    this.#agreement.channelMax = channelMax || LIMITS.channelMax;
    this.#agreement.frameMax = frameMax || LIMITS.frameMax;
    this.#agreement.heartbeat = heartbeat;
    this.#expected = 'connection.open';
  }

  #open(vhost: string): Agreement {
    if (vhost !== '/') throw new ProtocolError('NOT_ALLOWED', `vhost ${vhost} not found`);
    this.#output.method(0, 'connection.open-ok', { reserved: '' });
    return this.#agreement;
  }
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function isTable(value: FieldTable[string] | undefined): value is FieldTable {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}
