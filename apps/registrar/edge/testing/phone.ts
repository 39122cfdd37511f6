// A phone (or a carrier, or a media server) for tests, on the SIP stack: it registers with a digest, calls and answers.
import { createHash } from 'node:crypto';
import {
  type ClientTransaction,
  createSipStack,
  Dialog,
  type Flow,
  newCallId,
  newRequest,
  nextHop,
  type Protocol,
  parseAuth,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type SipStack,
} from '../../../../rel/embedded/sip/stack/index.ts';
import { realm, type Zone } from './zone.ts';

export const SDP =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n';

export interface Received {
  readonly request: SipRequest;
  readonly transaction: ServerTransaction;
  readonly source: Flow;
}

export interface PhoneOptions {
  readonly protocol?: Protocol;
  readonly password?: string;
  readonly realm?: string;
  readonly algorithm?: 'MD5' | 'SHA-256';
  /** What it says of itself, where that is not where it is. */
  readonly contact?: string;
}

type Fields = Record<string, string>;

/** Fields that are empty are left out. */
const given = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));

const opened = new Set<Phone>();

/** Closes every phone of the test. */
export async function closePhones(): Promise<void> {
  await Promise.all([...opened].map(({ stack }) => stack.close()));
  opened.clear();
}

export class Phone {
  readonly zone: Zone;
  readonly user: string;
  readonly stack: SipStack;
  readonly protocol: Protocol;
  readonly realm: string;
  password: string;
  algorithm: 'MD5' | 'SHA-256';
  readonly contact: string;
  readonly callId = newCallId();
  #cseq = 0;
  /** The last challenge and how often it was used. */
  nonce = '';
  count = 0;
  readonly #waiters: { readonly method: string; resolve(received: Received): void }[] = [];
  readonly #arrived: Received[] = [];

  static async open(zone: Zone, user: string, options: PhoneOptions = {}): Promise<Phone> {
    const { protocol = 'udp' } = options;
    const other = protocol === 'udp' ? 'tcp' : 'udp';
    const listen = [protocol, other].map((it) => ({ protocol: it as Protocol, host: '127.0.0.1', port: 0 }));
    const phone = new Phone(zone, user, await createSipStack({ listen }), options);
    opened.add(phone);
    return phone;
  }

  private constructor(zone: Zone, user: string, stack: SipStack, options: PhoneOptions) {
    this.zone = zone;
    this.user = user;
    this.stack = stack;
    this.protocol = options.protocol ?? 'udp';
    this.realm = options.realm ?? realm;
    this.password = options.password ?? `secret-${user}`;
    this.algorithm = options.algorithm ?? 'MD5';
    this.contact = options.contact ?? `<${this.uri}>`;
    stack.on('request', (request, transaction, source) => this.#arrive({ request, transaction, source }));
    stack.on('ack', (request, source, transaction) => {
      if (transaction) this.#arrive({ request, source, transaction });
    });
  }

  get uri(): string {
    return this.stack.uriFor(this.protocol, this.user);
  }

  /** `sip:user@realm` */
  get aor(): string {
    return `sip:${this.user}@${this.realm}`;
  }

  get port(): number {
    return this.stack.addresses[0]?.port ?? 0;
  }

  /** Sends a request outside of dialogs to the edge. */
  send(method: string, uri: string, fields: Fields = {}, body = ''): ClientTransaction {
    const { To, 'Call-ID': callId, CSeq, From, Contact = this.contact, ...rest } = fields;
    const request = newRequest(method, uri, {
      from: From ?? this.aor,
      to: To ?? uri,
      headers: given({ Contact, ...rest }),
      body,
    });
    if (callId) request.headers.set('Call-ID', callId);
    if (CSeq) request.headers.set('CSeq', `${CSeq} ${method}`);
    return this.stack.request(request, { target: this.zone.sip(this.protocol) });
  }

  /** One REGISTER, as it is given. */
  sendRegister(fields: Fields = {}): Promise<SipResponse> {
    this.#cseq += 1;
    const common = { To: this.aor, 'Call-ID': this.callId, CSeq: String(this.#cseq), Expires: '60' };
    return finalOf(this.send('REGISTER', `sip:${this.realm}`, { ...common, ...fields }));
  }

  /** A REGISTER, and once more with the answer to the challenge. */
  async register(fields: Fields = {}): Promise<SipResponse> {
    const first = await this.sendRegister(fields);
    if (first.status !== 401) return first;
    this.takeChallenge(first, 'WWW-Authenticate');
    return this.sendRegister({
      ...fields,
      Authorization: this.authorization('REGISTER', `sip:${this.realm}`),
    });
  }

  takeChallenge(response: SipResponse, field: string): void {
    const challenges = response.headers.getAll(field).map((value) => parseAuth(value).params);
    const params = challenges.find((it) => it.get('algorithm') === this.algorithm);
    if (!params) throw new Error(`no challenge by ${this.algorithm}: ${response.status} ${response.reason}`);
    this.nonce = params.get('nonce') ?? '';
    this.count = 0;
  }

  /** The answer to the last challenge, with the next count. */
  authorization(method: string, uri: string, count?: number): string {
    this.count = count ?? this.count + 1;
    const hash = (text: string): string =>
      createHash(this.algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text)
        .digest('hex');
    const nc = this.count.toString(16).padStart(8, '0');
    const secret = hash(`${this.user}:${this.realm}:${this.password}`);
    const response = hash(`${secret}:${this.nonce}:${nc}:c:auth:${hash(`${method}:${uri}`)}`);
    return `Digest username="${this.user}", realm="${this.realm}", nonce="${this.nonce}", uri="${uri}", response="${response}", algorithm=${this.algorithm}, qop=auth, nc=${nc}, cnonce="c"`;
  }

  call(uri: string, fields: Fields = {}): OutgoingCall {
    return new OutgoingCall(
      this,
      this.send('INVITE', uri, { 'Content-Type': 'application/sdp', ...fields }, SDP),
    );
  }

  /** The next request of a method, also one that came before. */
  next(method: string): Promise<Received> {
    const at = this.#arrived.findIndex(({ request }) => request.method === method);
    const [arrived] = at < 0 ? [] : this.#arrived.splice(at, 1);
    if (arrived) return Promise.resolve(arrived);
    return new Promise((resolve) => this.#waiters.push({ method, resolve }));
  }

  hasNone(method: string): boolean {
    return this.#arrived.every(({ request }) => request.method !== method);
  }

  answer({ request, transaction }: Received): Dialog {
    transaction.respond(200, 'OK', {
      headers: { Contact: this.contact, 'Content-Type': 'application/sdp' },
      body: SDP,
    });
    return Dialog.fromRequest(request, transaction.localTag, this.contact, 'confirmed');
  }

  /** A request inside a dialog, by its routes. */
  within(dialog: Dialog, method: string): Promise<SipResponse> {
    return finalOf(this.stack.request(dialog.request(method)));
  }

  #arrive(received: Received): void {
    // Media servers are asked for a sign of life.
    if (received.request.method === 'OPTIONS') {
      this.onOptions(received);
      return;
    }
    const at = this.#waiters.findIndex(({ method }) => method === received.request.method);
    const [waiter] = at < 0 ? [] : this.#waiters.splice(at, 1);
    if (waiter) waiter.resolve(received);
    else this.#arrived.push(received);
  }

  /** What is said to OPTIONS. */
  onOptions: (received: Received) => void = ({ transaction }) => void transaction.respond(200);
}

/** A call that a phone made. */
export class OutgoingCall {
  readonly phone: Phone;
  readonly transaction: ClientTransaction;

  constructor(phone: Phone, transaction: ClientTransaction) {
    this.phone = phone;
    this.transaction = transaction;
  }

  status(status: number): Promise<SipResponse> {
    return new Promise((resolve) => {
      this.transaction.on('response', (response) => response.status === status && resolve(response));
    });
  }

  final(): Promise<SipResponse> {
    return finalOf(this.transaction);
  }

  async answered(): Promise<Dialog> {
    const response = await this.final();
    if (response.status !== 200)
      throw new Error(`the call was answered ${response.status} ${response.reason}`);
    const dialog = Dialog.fromResponse(this.transaction.request, response);
    const ack = dialog.ack(dialog.localSequence);
    this.transaction.ack(ack, nextHop(ack));
    return dialog;
  }
}

export function finalOf(transaction: ClientTransaction): Promise<SipResponse> {
  return new Promise((resolve) => {
    transaction.on('response', (response) => response.status >= 200 && resolve(response));
  });
}
