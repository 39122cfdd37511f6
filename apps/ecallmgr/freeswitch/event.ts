// One event of a switch: flat text headers, as mod_event_socket gives them in json format.
import { isRecord } from '../../../core/contract/index.ts';

/** Headers by name. Lists (`ARRAY::a|:b` in plain format) stay in the plain form. `_body` is the body. */
export type SwitchEvent = Readonly<Record<string, string>>;

/** Reads the body of a `text/event-json` frame; undefined when it is no event. */
export function parseEvent(body: string): SwitchEvent | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isRecord(json) || typeof json['Event-Name'] !== 'string') return undefined;
  // Without a list of the hundred and more entries.
  for (const name in json) if (typeof json[name] !== 'string') json[name] = flat(json[name]);
  return json as SwitchEvent;
}

function flat(value: unknown): string {
  if (Array.isArray(value)) return `ARRAY::${value.map(String).join('|:')}`;
  return value === null || value === undefined ? '' : String(value);
}

/** The channel's id, which is also its SIP Call-ID. */
export function callIdOf(event: SwitchEvent): string {
  return event['Unique-ID'] ?? '';
}

/** A channel variable, undefined when unset or empty. */
export function variable(event: SwitchEvent, name: string): string | undefined {
  return event[`variable_${name}`] || undefined;
}

/** A Kazoo channel variable (`ecallmgr_<key>`), undefined when unset. */
export function channelVar(event: SwitchEvent, key: string): string | undefined {
  return variable(event, `ecallmgr_${key}`);
}

/** What has been looked up in an event: to go through its two hundred headers costs more than all else that is done with it. */
interface LookedUp {
  readonly names: readonly string[];
  readonly found: Map<string, Readonly<Record<string, string>>>;
}

const lookedUp = new WeakMap<SwitchEvent, LookedUp>();

/** All variables with a prefix, by the rest of their name. */
export function variablesUnder(event: SwitchEvent, prefix: string): Readonly<Record<string, string>> {
  let known = lookedUp.get(event);
  if (!known) {
    const names = Object.keys(event).filter((name) => name.startsWith('variable_'));
    known = { names, found: new Map() };
    lookedUp.set(event, known);
  }
  let found = known.found.get(prefix);
  if (!found) {
    found = named(event, known.names, `variable_${prefix}`);
    known.found.set(prefix, found);
  }
  return found;
}

function named(event: SwitchEvent, names: readonly string[], start: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    if (name.length === start.length || !name.startsWith(start)) continue;
    const value = event[name];
    if (value) found[name.slice(start.length)] = value;
  }
  return found;
}
