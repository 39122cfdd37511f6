// Which header fields of a message go on to the other side: all but those that belong to one side alone.
import type { RawMessage } from '../drachtio.ts';
import { parseUri, splitList, uriOf } from '../uri.ts';

/** They say how a message travels and which dialog it belongs to; each side has its own (RFC 3261 §§16, 20, RFC 3262). */
const ofOneSide = new Set([
  'via',
  'route',
  'record-route',
  'path',
  'from',
  'to',
  'call-id',
  'cseq',
  'contact',
  'content-length',
  'max-forwards',
  'rseq',
  'rack',
]);

/** Extensions that this side would have to take part in, and does not. */
const unsupported = new Set(['100rel', 'path', 'outbound', 'gruu']);

/** The fields of a message that go on. `withheld` names others, in lower case, that do not. */
export function passedFields(
  { headers }: RawMessage,
  withheld: (name: string) => boolean = () => false,
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (ofOneSide.has(key) || withheld(key)) continue;
    const kept = key === 'supported' || key === 'require' ? withoutUnsupported(value) : value;
    if (kept !== '') passed[name] = kept;
  }
  return passed;
}

/** A From or To as it begins a dialog of our own: without the tag. */
export function withoutTag(field: string): string {
  return field.replace(/;\s*tag=[^;>]*(?=[^>]*$)/i, '');
}

/** Our Contact towards one side, with the user that the other side names; the server writes its own address into it. */
export function contactLike(field: string | undefined, protocol: string): string {
  const user = parseUri(uriOf(field ?? ''))?.user ?? '';
  // drachtio replaces the host only where a user stands before it.
  const transport = protocol === 'udp' ? '' : `;transport=${protocol}`;
  return `<sip:${user === '' ? 'edge' : user}@localhost${transport}>`;
}

function withoutUnsupported(list: string): string {
  return splitList(list)
    .filter((option) => !unsupported.has(option.toLowerCase()))
    .join(', ');
}
