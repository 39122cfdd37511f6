// Doctor: the event socket of every switch, and the modules that its calls need.
import type { Bus } from '../../../core/amqp/index.ts';
import { switchCommand } from '../../../core/messages/switch.ts';
import { askProcesses, type SwitchInfo } from '../cluster.ts';
import { type Check, type Finding, failed, ok, warning } from './check.ts';

/** Modules and what does not work without them. */
const modules: Readonly<Record<string, string>> = {
  mod_commands: 'nothing',
  mod_sofia: 'SIP',
  mod_dptools: 'nothing',
  mod_hash: 'several ecallmgr on one switch, and calls that outlive their ecallmgr',
  mod_http_cache: 'recordings to a URL or the database',
  mod_sndfile: 'prompts',
  mod_tone_stream: 'tones and ringback',
  mod_local_stream: 'music on hold',
  mod_loopback: 'forwarded calls',
};

export const switches: Check = {
  name: 'media servers',
  run: async (cli) => {
    const bus = await cli.bus();
    const seen = (await askProcesses(bus)).flatMap((process) => process.switches);
    if (seen.length === 0)
      return [
        failed('media servers', 'no ecallmgr drives one', 'mirliton fs add HOST, or the setting switches'),
      ];
    const findings = await Promise.all(seen.map((it) => findingsOf(bus, it)));
    return findings.flat();
  },
};

async function findingsOf(bus: Bus, { name, seenBy, connected, paused, failure, channels }: SwitchInfo) {
  const what = `media server ${name}`;
  if (!connected) {
    const advice = 'start FreeSWITCH, or look at the address, the password and the ACL of its event socket';
    return [failed(what, `${seenBy} has no event socket: ${failure ?? 'no reason given'}`, advice)];
  }
  const missing: string[] = [];
  for (const module of Object.keys(modules)) if (!(await hasModule(bus, name, module))) missing.push(module);
  const findings: Finding[] = missing.map((module) =>
    failed(
      what,
      `${module} is not loaded: ${modules[module]} will not work`,
      `load ${module} in its modules.conf.xml`,
    ),
  );
  if (paused) findings.push(warning(what, 'paused: it gets no new calls', `mirliton fs resume ${name}`));
  return findings.length > 0 ? findings : [ok(what, `event socket of ${seenBy}, ${channels} channels`)];
}

async function hasModule(bus: Bus, name: string, module: string): Promise<boolean> {
  const answer = await bus.request(switchCommand, {
    Command: 'module_exists',
    Args: module,
    'FreeSWITCH-Node': name,
  });
  return answer.Response?.trim() === 'true';
}
