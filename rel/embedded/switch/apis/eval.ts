// `eval [uuid:UUID ]TEXT`: the text with its variables expanded.

import type { Api } from '../calls/contract.ts';
import { expand } from '../calls/expand.ts';

export const evaluate: Api = (core, args) => {
  const [, uuid, text = ''] = /^(?:uuid:(\S+)\s+)?(.*)$/s.exec(args) ?? [];
  return expand(core, uuid ? core.channels.get(uuid) : undefined, text);
};
