// `originate DIALSTRING EXTENSION|&APP(ARGS) [DIALPLAN [CONTEXT [CID_NAME [CID_NUM [TIMEOUT]]]]]`.

import { Channel } from '../calls/channel.ts';
import type { Api } from '../calls/contract.ts';
import { splitOutside } from '../calls/dialstring.ts';
import type { Step } from '../calls/executor.ts';
import { originate as call } from '../calls/originate.ts';
import { findSteps, splitArguments } from '../calls/route.ts';

const USAGE =
  '-USAGE: <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>] [<cid_name>] [<cid_num>] [<timeout_sec>]\n';

export const originate: Api = async (core, args) => {
  const { dialString, rest } = splitDialString(args.trim());
  const action = readAction(rest);
  if (!dialString || !action) return USAGE;
  const [, context, name, number, timeout] = action.more;
  const caller = [
    name && `origination_caller_id_name='${name}'`,
    number && `origination_caller_id_number=${number}`,
  ];
  const globals = caller.filter(Boolean).join(',');
  const result = await call(core, {
    dialString: globals ? dialString.replace(/^(<[^>]*>)?/, (all) => `${all}{${globals}}`) : dialString,
    signal: new AbortController().signal,
    timeoutSeconds: timeout ? Number(timeout) : undefined,
  });
  if (!(result instanceof Channel)) return `-ERR ${result}\n`;
  if (context) result.profile.context = context;
  result.executor.transfer(action.steps);
  return `+OK ${result.uuid}\n`;
};

/** The dial string ends at the first blank outside brackets and quotes. */
function splitDialString(text: string): { dialString: string; rest: string } {
  const [dialString = ''] = splitOutside(text, ' ');
  return { dialString, rest: text.slice(text.indexOf(dialString) + dialString.length).trim() };
}

function readAction(text: string): { steps: readonly Step[]; more: string[] } | undefined {
  const app = /^&(\w+)(?:\((.*?)\))?(?=\s|$)/s.exec(text);
  if (app) {
    return {
      steps: [{ name: app[1] ?? '', args: app[2] ?? '' }],
      more: splitArguments(text.slice(app[0].length)),
    };
  }
  const [destination, ...more] = splitArguments(text);
  return destination ? { steps: findSteps(destination, more[0]), more } : undefined;
}
