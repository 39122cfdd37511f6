// Variables that a client attaches to the calls it makes (`custom_application_vars`).
import { isRecord } from '../../../core/contract/index.ts';
import { parameter, type RestRequest } from '../engine/index.ts';

/** Those of the request, and `more`; texts only. Undefined when there are none. */
export function applicationVars(
  request: RestRequest,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, string> | undefined {
  const given = parameter(request, 'custom_application_vars');
  const entries = Object.entries({ ...more, ...(isRecord(given) && given) });
  const named = entries.filter(([name]) => /^[\w-]{1,128}$/.test(name));
  const vars = named.flatMap(([name, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [[name, String(value)] as const] : [],
  );
  return vars.length === 0 ? undefined : Object.fromEntries(vars);
}
