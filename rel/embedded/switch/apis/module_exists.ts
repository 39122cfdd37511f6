// `module_exists NAME`: whether the switch can do what a FreeSWITCH module does.

import type { Api } from '../calls/contract.ts';

const MODULES = new Set(
  'mod_commands mod_conference mod_dptools mod_event_socket mod_hash mod_http_cache mod_loopback mod_sofia mod_sndfile mod_tone_stream mod_local_stream'.split(
    ' ',
  ),
);

export const moduleExists: Api = (_core, args) => String(MODULES.has(args.trim()));
