// A phone (or a PBX, or a carrier) of a test: it registers with a digest, calls and answers.
import { createHash } from 'node:crypto';
import {
  Dialog,
  newCallId,
  newRequest,
  parseAuth,
  type SipRequest,
  type SipResponse,
} from '../../rel/embedded/sip/stack/index.ts';
import { openChannel, type Place } from './channel.ts';
import { type Incoming, Peer, type PeerOptions, type Sent } from './peer.ts';

export const SDP =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n';

export interface PhoneOptions extends PeerOptions {
  readonly user: string;
  readonly realm: string;
  readonly password?: string;
  readonly algorithm?: 'MD5' | 'SHA-256';
}

type Fields = Readonly<Record<string, string>>;

/** Fields that are empty are left out. */
const given = (fields: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));

export class Phone extends Peer {
  readonly user: string;
  readonly realm: string;
  readonly algorithm: string;
  password: string;
  readonly callId = newCallId();
  #sequence = 0;
  #nonce = '';
  #count = 0;

  static async open(options: PhoneOptions): Promise<Phone> {
    const box: { phone?: Phone } = {};
    const onMessage = (data: Buffer, from: Place): void => box.phone?.receive(data, from);
    box.phone = new Phone(await openChannel({ way: 'udp', ...options, onMessage }), options);
    return box.phone;
  }

  private constructor(channel: Peer['channel'], options: PhoneOptions) {
    super(channel);
    const { user, realm, password = `secret-${user}`, algorithm = 'MD5' } = options;
    this.user = user;
    this.realm = realm;
    this.password = password;
    this.algorithm = algorithm;
    // A phone is asked for a sign of life to keep its way through a NAT open.
    this.handlers.set('OPTIONS', ({ answer }) => answer(200));
  }

  /** `sip:user@realm` */
  get aor(): string {
    return `sip:${this.user}@${this.realm}`;
  }

  get uri(): string {
    return this.contact(this.user);
  }

  /** One REGISTER as it is given, without credentials unless `fields` has them. */
  sendRegister(fields: Fields = {}): Sent {
    this.#sequence += 1;
    const common = {
      'Call-ID': this.callId,
      CSeq: `${this.#sequence} REGISTER`,
      Contact: `<${this.uri}>`,
      Expires: '300',
    };
    return this.send(this.#request('REGISTER', `sip:${this.realm}`, this.aor, { ...common, ...fields }));
  }

  /** One REGISTER with the answer to the last challenge: warm, it needs no other. */
  refresh(fields: Fields = {}): Sent {
    return this.sendRegister({
      Authorization: this.authorization('REGISTER', `sip:${this.realm}`),
      ...fields,
    });
  }

  /** A REGISTER, and once more with the answer to the challenge. Gives the final answer. */
  async register(fields: Fields = {}): Promise<SipResponse> {
    const first = await this.sendRegister(fields).final;
    if (first.status !== 401) return first;
    this.takeChallenge(first);
    return this.refresh(fields).final;
  }

  /** A call to a number; `fields` may replace any header. By datagram it goes to the edge, or to `at`. */
  invite(number: string, fields: Fields = {}, at?: Place): Sent {
    const more = { Contact: `<${this.uri}>`, 'Content-Type': 'application/sdp', ...fields };
    const uri = number.includes(':') ? number : `sip:${number}@${this.realm}`;
    return this.send(this.#request('INVITE', uri, uri, more, SDP), at);
  }

  /** Any other request outside a dialog. */
  ask(method: string, uri: string, fields: Fields = {}, body = ''): Sent {
    return this.send(this.#request(method, uri, uri, { Contact: `<${this.uri}>`, ...fields }, body));
  }

  /** Waits for the answer and acknowledges it. Throws unless it is 200. */
  async answered(call: Sent): Promise<Dialog> {
    const response = await call.final;
    if (response.status !== 200)
      throw new Error(`the call was answered ${response.status} ${response.reason}`);
    const dialog = Dialog.fromResponse(call.request, response);
    this.sendTo(dialog.ack(dialog.localSequence));
    return dialog;
  }

  /** Answers a call with 200. */
  accept(incoming: Incoming): Dialog {
    const contact = `<${this.uri}>`;
    incoming.answer(200, { Contact: contact, 'Content-Type': 'application/sdp' }, SDP);
    return Dialog.fromRequest(incoming.request, incoming.tag, contact, 'confirmed');
  }

  takeChallenge(response: SipResponse): void {
    const field = response.status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate';
    const challenges = response.headers.getAll(field).map((value) => parseAuth(value).params);
    const params = challenges.find((it) => (it.get('algorithm') ?? 'MD5') === this.algorithm);
    if (!params) throw new Error(`no challenge by ${this.algorithm}: ${response.status} ${response.reason}`);
    this.#nonce = params.get('nonce') ?? '';
    this.#count = 0;
  }

  /** The answer to the last challenge, with the next count. */
  authorization(method: string, uri: string): string {
    this.#count += 1;
    const algorithm = this.algorithm === 'MD5' ? 'md5' : 'sha256';
    const hash = (text: string): string => createHash(algorithm).update(text).digest('hex');
    const nc = this.#count.toString(16).padStart(8, '0');
    const secret = hash(`${this.user}:${this.realm}:${this.password}`);
    const response = hash(`${secret}:${this.#nonce}:${nc}:c:auth:${hash(`${method}:${uri}`)}`);
    return `Digest username="${this.user}", realm="${this.realm}", nonce="${this.#nonce}", uri="${uri}", response="${response}", algorithm=${this.algorithm}, qop=auth, nc=${nc}, cnonce="c"`;
  }

  #request(method: string, uri: string, to: string, fields: Fields, body = ''): SipRequest {
    const { To = to, From = this.aor, ...headers } = fields;
    return newRequest(method, uri, { from: From, to: To, headers: given(headers), body });
  }
}
