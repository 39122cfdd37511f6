// Expands `${variable}`, `${variable:offset:length}`, `$${global}` and `${api(arguments)}` in an application's argument.

import type { Channel } from './channel.ts';
import type { SwitchCore } from './contract.ts';

const MAX_EXPANSIONS = 200;

/** Innermost first, so that `${api(${variable})}` works; what is not set expands to nothing. */
export async function expand(core: SwitchCore, channel: Channel | undefined, text: string): Promise<string> {
  if (!text.includes('${')) return text;
  let expanded = text.replace(/\$\$\{([^{}]*)\}/g, (_all, name: string) => core.globals.get(name) ?? '');
  for (let round = 0; round < MAX_EXPANSIONS; round += 1) {
    const found = /\$\{([^${}]*)\}/.exec(expanded);
    if (!found) return expanded;
    const value = await evaluate(core, channel, found[1] ?? '');
    expanded = expanded.slice(0, found.index) + value + expanded.slice(found.index + found[0].length);
  }
  return expanded;
}

async function evaluate(core: SwitchCore, channel: Channel | undefined, expression: string): Promise<string> {
  const call = /^([\w-]+)\((.*)\)$/s.exec(expression);
  if (call) return ((await core.runApi(call[1] ?? '', call[2] ?? '')) ?? '').trimEnd();
  const [, name = '', offset, length] = /^(.*?)(?::(-?\d+)(?::(\d+))?)?$/s.exec(expression) ?? [];
  const value = channel?.find(name) ?? core.globals.get(name) ?? '';
  if (offset === undefined) return value;
  const start = Number(offset);
  const cut = value.slice(start);
  return length === undefined ? cut : cut.slice(0, Number(length));
}
