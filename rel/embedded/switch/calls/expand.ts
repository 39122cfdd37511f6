// Expands `${variable}`, `${variable:offset:length}`, `$${global}` and `${api(arguments)}` in an application's argument.

import type { Channel } from './channel.ts';
import type { SwitchCore } from './contract.ts';

type Variables = Pick<Channel, 'find'>;

/** What is not set expands to nothing; what a variable holds is taken as it is. */
export async function expand(
  core: SwitchCore,
  channel: Variables | undefined,
  text: string,
): Promise<string> {
  let rest = text.replace(/\$\$\{([^{}]*)\}/g, (_all, name: string) => core.globals.get(name) ?? '');
  let expanded = '';
  for (let start = rest.indexOf('${'); start >= 0; start = rest.indexOf('${')) {
    const end = closingBrace(rest, start + 2);
    if (end < 0) break;
    expanded += rest.slice(0, start) + (await evaluate(core, channel, rest.slice(start + 2, end)));
    rest = rest.slice(end + 1);
  }
  return expanded + rest;
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1;
    else if (text[index] === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

async function evaluate(
  core: SwitchCore,
  channel: Variables | undefined,
  expression: string,
): Promise<string> {
  const [, api = '', args] = /^([\w-]+)\((.*)\)$/s.exec(expression) ?? [];
  if (args !== undefined)
    return ((await core.runApi(api, await expand(core, channel, args))) ?? '').trimEnd();
  const named = await expand(core, channel, expression);
  const [, name = '', offset, length] = /^(.*?)(?::(-?\d+)(?::(\d+))?)?$/s.exec(named) ?? [];
  const value = channel?.find(name) ?? core.globals.get(name) ?? '';
  if (offset === undefined) return value;
  const cut = value.slice(Number(offset));
  return length === undefined ? cut : cut.slice(0, Number(length));
}
