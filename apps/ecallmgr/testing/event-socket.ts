// An event socket for tests: speaks the protocol over TCP, keeps claims, and does what the test tells it.
import net from 'node:net';

/** One application that was queued on a channel by sendmsg. */
export interface Executed {
  readonly callId: string;
  readonly application: string;
  readonly argument: string;
  readonly id: string;
}

export class FakeEventSocket {
  /** API commands that came, oldest first. */
  readonly apis: string[] = [];
  readonly executed: Executed[] = [];
  /** Answers API commands; undefined means the built-in answer, `never` none at all. */
  onApi: (command: string) => string | undefined = () => undefined;
  /** Told of each application; the default completes it. */
  onExecute: (executed: Executed) => void = (it) => this.complete(it);
  /** The first word of every command so far. */
  readonly verbs: string[] = [];
  readonly #password: string;
  readonly #clients = new Set<net.Socket>();
  readonly #hash = new Map<string, string>();
  readonly #globals = new Map([['recordings_dir', '/recordings']]);
  readonly #untaken: Executed[] = [];
  readonly #waiting = new Map<string, (it: Executed) => void>();
  readonly #server = net.createServer((socket) => this.#serve(socket));

  constructor(password: string) {
    this.#password = password;
  }

  /** A free port, unless one is given. */
  listen(port = 0): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Sends an event to every client. */
  emit(event: Record<string, unknown>): void {
    this.raw(frame(event));
  }

  /** Sends bytes as they are. */
  raw(bytes: string): void {
    for (const client of this.#clients) client.write(bytes);
  }

  /** Writes an entry of the hash, as another client would. */
  set(realm: string, key: string, value: string): void {
    this.#hash.set(`${realm}/${key}`, value);
  }

  complete(it: Executed, headers: Record<string, string> = {}): void {
    this.emit({
      'Event-Name': 'CHANNEL_EXECUTE_COMPLETE',
      'Unique-ID': it.callId,
      Application: it.application,
      'Application-Data': it.argument,
      'Application-Response': '_none_',
      'Application-UUID': it.id,
      ...headers,
    });
  }

  /** Cuts every connection. */
  cut(): void {
    for (const client of this.#clients) client.destroy();
  }

  /** Resolves with an application of this name that was not taken before. */
  next(application: string): Promise<Executed> {
    const index = this.#untaken.findIndex((it) => it.application === application);
    const found = this.#untaken.splice(index, index < 0 ? 0 : 1)[0];
    return found ? Promise.resolve(found) : new Promise((resolve) => this.#waiting.set(application, resolve));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.cut();
    });
  }

  #serve(socket: net.Socket): void {
    let text = '';
    this.#clients.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#clients.delete(socket));
    socket.write('Content-Type: auth/request\n\n');
    socket.on('data', (chunk) => {
      // A bare line end only wakes the listener.
      text = (text + chunk.toString()).replace(/^\n+/, '');
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const command = text.slice(0, end);
        text = text.slice(end + 2).replace(/^\n+/, '');
        this.#take(socket, command);
      }
    });
  }

  #take(socket: net.Socket, text: string): void {
    const [line = '', ...rest] = text.split('\n');
    const headers = Object.fromEntries(rest.map((it) => it.split(/: (.*)/s).slice(0, 2)));
    const [verb = '', ...words] = line.split(' ');
    this.verbs.push(verb);
    if (verb === 'api') {
      const answer = this.#answer(words.join(' '));
      if (answer !== 'never')
        socket.write(`Content-Type: api/response\nContent-Length: ${Buffer.byteLength(answer)}\n\n${answer}`);
      return;
    }
    const refused = verb === 'auth' && words[0] !== this.#password;
    socket.write(`Content-Type: command/reply\nReply-Text: ${refused ? '-ERR invalid' : '+OK accepted'}\n\n`);
    if (verb === 'bgapi') this.#api(socket, words.join(' '), headers['Job-UUID']);
    else if (verb === 'sendmsg') this.#execute(words[0] ?? '', headers);
  }

  #api(socket: net.Socket, command: string, job: unknown): void {
    const answer = this.#answer(command);
    if (answer !== 'never')
      socket.write(frame({ 'Event-Name': 'BACKGROUND_JOB', 'Job-UUID': job, _body: answer }));
  }

  #answer(command: string): string {
    this.apis.push(command);
    return this.onApi(command) ?? this.#builtIn(command);
  }

  #execute(callId: string, headers: Record<string, unknown>): void {
    const it = {
      callId,
      application: String(headers['execute-app-name']),
      argument: String(headers['execute-app-arg'] ?? ''),
      id: String(headers['event-uuid']),
    };
    this.executed.push(it);
    const wanted = this.#waiting.get(it.application);
    this.#waiting.delete(it.application);
    if (wanted) wanted(it);
    else this.#untaken.push(it);
    this.onExecute(it);
  }

  #builtIn(command: string): string {
    const [, realm, key, value = ''] = command.split('/');
    const entry = `${realm}/${key}`;
    if (command.startsWith('hash insert_ifempty/')) {
      if (this.#hash.has(entry)) return '-ERR key already exists\n';
      this.#hash.set(entry, value);
    } else if (command.startsWith('hash delete_ifmatch/')) {
      if (this.#hash.get(entry) !== value) return "-ERR Doesn't match\n";
      this.#hash.delete(entry);
    } else if (command.startsWith('hash insert/')) this.#hash.set(entry, value);
    else if (command.startsWith('hash delete/'))
      return this.#hash.delete(entry) ? '+OK\n' : '-ERR Not found\n';
    else if (command.startsWith('hash select/')) return this.#hash.get(entry) ?? '';
    else if (command.startsWith('show channels')) return '{"row_count": 0}';
    else if (command.startsWith('global_setvar ')) {
      const [, name = '', text = ''] = /^global_setvar ([^=]+)=(.*)$/.exec(command) ?? [];
      this.#globals.set(name, text);
    } else if (command.startsWith('global_getvar '))
      return this.#globals.get(command.slice('global_getvar '.length)) ?? '-ERR no reply\n';
    else if (command.startsWith('sofia jsonstatus')) return JSON.stringify(profiles);
    return '+OK\n';
  }
}

const profiles = {
  profiles: { sipinterface_1: { info: { url: 'sip:mod_sofia@127.0.0.1:11000', 'sip-ip': '127.0.0.1' } } },
};

function frame(event: Record<string, unknown>): string {
  const body = JSON.stringify(event);
  return `Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-json\n\n${body}`;
}

/** Starts one on a free port. */
export async function fakeEventSocket(password = 'secret'): Promise<FakeEventSocket> {
  const fake = new FakeEventSocket(password);
  await fake.listen();
  return fake;
}
