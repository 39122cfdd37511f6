// A hundred SIP requests that are wrong in one way each, in the manner of RFC 4475.

/** One of them: what is wrong, and its bytes. `{port}` in the text is the port that it is sent from. */
export interface Malformed {
  readonly what: string;
  readonly text: string | Buffer;
}

const good = (method: string, index: number): string =>
  [
    `${method} sip:bob@torture.mirliton.test SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.9:{port};branch=z9hG4bKtorture${index};rport`,
    'Max-Forwards: 70',
    `From: "Alice" <sip:alice@torture.mirliton.test>;tag=t${index}`,
    'To: <sip:bob@torture.mirliton.test>',
    `Call-ID: torture-${index}@mirliton.test`,
    `CSeq: 1 ${method}`,
    'Contact: <sip:alice@127.0.0.9:{port}>',
    'Content-Type: application/sdp',
    'Content-Length: 10',
    '',
    'v=0\r\no=x\r\n',
  ].join('\r\n');

type Change = (text: string) => string | Buffer;

const startLine =
  (line: string): Change =>
  (text) =>
    text.replace(/^.*/, line);
const field =
  (name: string, line: string): Change =>
  (text) =>
    text.replace(new RegExp(`^${name}:.*$`, 'm'), line);
const without =
  (name: string): Change =>
  (text) =>
    text.replace(new RegExp(`^${name}:.*\r\n`, 'm'), '');
const added =
  (line: string): Change =>
  (text) =>
    text.replace('Max-Forwards', `${line}\r\nMax-Forwards`);
const cut =
  (share: number): Change =>
  (text) =>
    text.slice(0, Math.floor(text.length * share));
const bytes =
  (where: string, ...values: number[]): Change =>
  (text) => {
    const at = text.indexOf(where) + where.length;
    return Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.from(values), Buffer.from(text.slice(at))]);
  };

const startLines = [
  '',
  'INVITE',
  'INVITE sip:bob@torture.mirliton.test',
  'INVITE  sip:bob@torture.mirliton.test SIP/2.0',
  'INVITE <sip:bob@torture.mirliton.test> SIP/2.0',
  'INVITE sip:bob bob@torture.mirliton.test SIP/2.0',
  'INVITE sip:bob@torture.mirliton.test SIP/7.0',
  'INVITE sip:bob@torture.mirliton.test HTTP/1.1',
  'INVITE sip: SIP/2.0',
  'INVITE nobodyknows:thisscheme SIP/2.0',
  'INVITE sip:bob@[::1 SIP/2.0',
  'INVITE sip:bob@torture.mirliton.test:999999 SIP/2.0',
  'IN"VITE sip:bob@torture.mirliton.test SIP/2.0',
  'GET / HTTP/1.1',
  'SIP/2.0',
  'SIP/2.0 20 OK',
  'SIP/2.0 4294967301 better not break the receiver',
];
const wrongFields: readonly (readonly [string, string])[] = [
  ['Via', 'Via: SIP/2.0/UDP'],
  ['Via', 'Via: SIP/1.0/UDP 127.0.0.9:{port};branch=z'],
  ['Via', 'Via: SIP/2.0/UDP [::1;branch=z9hG4bK1'],
  ['Via', 'Via: SIP/2.0/UDP 127.0.0.9:{port}:{port}:{port}'],
  ['Via', 'Via: ,,,,'],
  ['From', 'From: <sip:alice@torture.mirliton.test'],
  ['From', 'From: "Alice <sip:alice@torture.mirliton.test>;tag=1'],
  ['From', 'From: <>;tag=1'],
  ['From', 'From: <sip:a@b>;tag=1\r\nFrom: <sip:c@d>;tag=2'],
  ['To', 'To: <sip:bob'],
  ['To', 'To: "'],
  ['To', 'To: <sip:a@b>\r\nt: <sip:c@d>'],
  ['To', 'To: "NUL\\\u0000" <sip:bob@torture.mirliton.test> trash'],
  ['Call-ID', 'Call-ID:'],
  ['Call-ID', 'Call-ID: 1\r\ni: 2'],
  ['CSeq', 'CSeq: 1'],
  ['CSeq', 'CSeq: INVITE'],
  ['CSeq', 'CSeq: 36893488147419103232 INVITE'],
  ['CSeq', 'CSeq: -1 INVITE'],
  ['CSeq', 'CSeq: 1 OPTIONS'],
  ['Max-Forwards', 'Max-Forwards: x'],
  ['Max-Forwards', 'Max-Forwards: -5'],
  ['Max-Forwards', 'Max-Forwards: 300000'],
  ['Contact', 'Contact: <sip:alice'],
  ['Contact', 'Contact: "" <> "" <>'],
  ['Content-Length', 'Content-Length: -999'],
  ['Content-Length', 'Content-Length: ten'],
  ['Content-Length', 'Content-Length: 9999'],
  ['Content-Length', 'Content-Length: 99999999999999999999'],
  ['Content-Length', 'Content-Length: 10\r\nl: 11'],
];
const huge: readonly (readonly [string, Change])[] = [
  ['a header field of 60 KB', added(`X-Long: ${'x'.repeat(60_000)}`)],
  [
    '3000 header fields',
    (text) => added(Array.from({ length: 3000 }, (_, i) => `X-${i}: 1`).join('\r\n'))(text),
  ],
  ['a user name of 50 KB', startLine(`INVITE sip:${'u'.repeat(50_000)}@torture.mirliton.test SIP/2.0`)],
  ['1000 Vias', added(Array(1000).fill('Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx').join('\r\n'))],
  ['500 Routes', added(Array(500).fill('Route: <sip:192.0.2.1;lr>').join('\r\n'))],
  [
    'brackets in brackets',
    field('To', `To: ${'<'.repeat(2000)}sip:bob@torture.mirliton.test${'>'.repeat(2000)}`),
  ],
  ['a line without an end', (text) => `${text.split('\r\n\r\n')[0]}\r\nX-Open: ${'y'.repeat(30_000)}`],
];
const octets: readonly (readonly [string, Change])[] = [
  ['bad UTF-8 in a name', bytes('"Alice', 0xc3, 0x28, 0xff)],
  ['a NUL in the start line', bytes('INVITE ', 0)],
  ['a NUL in a header name', bytes('Max-', 0)],
  ['overlong UTF-8', bytes('"Alice', 0xc0, 0xaf, 0xe0, 0x80, 0xaf)],
  ['half a surrogate', bytes('"Alice', 0xed, 0xa0, 0x80)],
  ['control characters', bytes('Call-ID: ', 1, 2, 3, 7, 27)],
  ['only NULs', () => Buffer.alloc(500)],
  ['only 0xff', () => Buffer.alloc(500, 0xff)],
  ['lines that end with CR alone', (text) => text.replaceAll('\r\n', '\r')],
  ['no empty line', (text) => text.replace('\r\n\r\n', '\r\n')],
];
const refused: readonly (readonly [string, Change])[] = [
  ['no forwards left', field('Max-Forwards', 'Max-Forwards: 0')],
  ['an extension nobody has', added('Require: nothingSupportsThis')],
  ['a method nobody knows', (text) => text.replaceAll('INVITE', 'NEWMETHOD')],
  ['credentials that are noise', added('Proxy-Authorization: Digest ,,,="",=,')],
  ['credentials without an end', added('Proxy-Authorization: Digest username="')],
  ['a header field that only the cluster may set', added('X-AUTH-Token: a@b')],
  ['a Route that is no URI', added('Route: <nonsense>')],
  ['a Route that is open', added('Route: <sip:')],
];

/** The messages, in an order that does not change. */
export function malformedSip(): Malformed[] {
  const removed = ['Via', 'From', 'To', 'Call-ID', 'CSeq'];
  const invite: [string, Change][] = [
    ...startLines.map((line): [string, Change] => [`start line ${JSON.stringify(line)}`, startLine(line)]),
    ...wrongFields.map(([name, line]): [string, Change] => [JSON.stringify(line), field(name, line)]),
    ...removed.map((name): [string, Change] => [`INVITE without ${name}`, without(name)]),
    ...[0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85].map((share): [string, Change] => [
      `cut at ${share}`,
      cut(share),
    ]),
    ...[...huge, ...octets, ...refused].map(([what, change]): [string, Change] => [what, change]),
  ];
  const register: [string, Change][] = [
    ...removed.map((name): [string, Change] => [`REGISTER without ${name}`, without(name)]),
    ['REGISTER with a broken Contact', field('Contact', 'Contact: <sip:')],
    ['REGISTER with Expires of words', added('Expires: soon')],
    ['REGISTER with noise as credentials', added('Authorization: Digest \u0001')],
    ['REGISTER with credentials of another scheme', added('Authorization: Basic YWxpY2U6c2VjcmV0')],
    ['REGISTER with * and a time', field('Contact', 'Contact: *\r\nExpires: 60')],
    ['REGISTER without a user', field('To', 'To: <sip:torture.mirliton.test>')],
    ['REGISTER of 20 KB of Contacts', field('Contact', `Contact: ${'<sip:a@192.0.2.1>,'.repeat(1000)}<sip:`)],
    ['REGISTER cut in the middle', cut(0.45)],
  ];
  const change =
    (method: string) =>
    ([what, it]: [string, Change], index: number) => ({
      what,
      text: it(good(method, index)),
    });
  return [...invite.map(change('INVITE')), ...register.map(change('REGISTER'))];
}
