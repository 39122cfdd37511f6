// Commands that wait for an event of their call. They stand on the leg, so that whoever tells the event can run them.
import { isRecord } from '../../core/contract/index.ts';
import type { Control } from './control/control.ts';
import { type SwitchEvent, variable, variableName } from './freeswitch/index.ts';
import { numberOf } from './publisher.ts';
import { decodeValue, encodeValue, type Vars } from './variables.ts';

/** Kazoo's names of what may be waited for, and the event of the switch that it is. */
export const awaited = {
  'Execute-On-Answer': 'CHANNEL_ANSWER',
  'Execute-On-Bridge': 'CHANNEL_BRIDGE',
  'Execute-On-Before-Bridge': 'CHANNEL_BRIDGE',
  'Execute-On-After-Bridge': 'CHANNEL_UNBRIDGE',
  'Execute-On-Tone-Detect': 'DETECTED_TONE',
  'Execute-On-Record-Post-Process': 'RECORD_STOP',
} as const;

type AwaitedEvent = (typeof awaited)[keyof typeof awaited];

const prefix = 'mirliton_on_';

/** The variable that keeps commands for an event; of tones for the one with this name. */
export const actionVariable = (event: AwaitedEvent, commands: readonly Vars[], tone?: string): Vars => ({
  [variableName(nameOf(event, tone))]: commands.length === 0 ? undefined : encodeValue(commands),
});

/** Runs what waits for this event on its leg, each once: who hears of the event again knows the ids. */
export function runActions(control: Control | undefined, event: SwitchEvent): void {
  const kind = event['Event-Name'] ?? '';
  if (!kinds.has(kind)) return;
  const tone = kind === 'DETECTED_TONE' ? event['Detected-Tone'] : undefined;
  const names = [nameOf(kind), ...(tone === undefined ? [] : [nameOf(kind, tone)])];
  const waiting = names.flatMap((name) => {
    const commands = decodeValue(variable(event, name) ?? '');
    return Array.isArray(commands) ? commands.filter(isRecord) : [];
  });
  for (const [index, command] of waiting.entries())
    control?.insert({ 'Insert-At': 'now', ...command, 'Msg-ID': `${numberOf(event) ?? kind}-${index}` });
}

const kinds = new Set<string>(Object.values(awaited));

const nameOf = (event: string, tone?: string): string =>
  prefix + (tone === undefined ? event : `${event}_${tone}`);
