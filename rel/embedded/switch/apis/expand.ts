// `expand [uuid:UUID ]COMMAND ARGS`: runs an API command with its variables expanded.

import type { Api } from '../calls/contract.ts';
import { expand as expandText } from '../calls/expand.ts';

export const expand: Api = async (core, args) => {
  const [, uuid, text = ''] = /^(?:uuid:(\S+)\s+)?(.*)$/s.exec(args) ?? [];
  const command = await expandText(core, uuid ? core.channels.get(uuid) : undefined, text);
  const [, name = '', rest = ''] = /^(\S*)\s?(.*)$/s.exec(command) ?? [];
  return (await core.runApi(name, rest)) ?? '-ERR Cannot execute command\n';
};
