// `conference list|json_list`, and `conference NAME COMMAND ARGS`.

import { Channel } from '../calls/channel.ts';
import type { Conference, ConferenceMember } from '../calls/conference.ts';
import { fieldsOf, tell } from '../calls/conference.ts';
import type { Api, SwitchCore } from '../calls/contract.ts';
import { originate } from '../calls/originate.ts';
import { splitArguments } from '../calls/route.ts';

type Command = (core: SwitchCore, conference: Conference, words: string[]) => string | Promise<string>;

/** A command on members: one id, `last`, `all` or `non_moderator`. */
function onMembers(verb: string, event: string, change: (member: ConferenceMember) => void): Command {
  return (_core, conference, [which = '']) => {
    const members = selectMembers(conference, which);
    if (members.length === 0) return `-ERR Member: ${which} not found.\n`;
    for (const member of members) {
      change(member);
      tell(conference, event, member);
    }
    return members.map((member) => `+OK ${verb} ${member.id}\n`).join('');
  };
}

function setLock(locked: boolean): Command {
  return (core, conference) => {
    conference.locked = locked;
    core.bus.publish('CUSTOM', fieldsOf(conference, locked ? 'lock' : 'unlock'));
    return `+OK ${conference.name} ${locked ? 'locked' : 'unlocked'}\n`;
  };
}

const kick = (member: ConferenceMember) => member.leave();
const dial: Command = async (core, conference, [dialString = '', number = '', name = '']) => {
  const globals = `origination_caller_id_number=${number},origination_caller_id_name='${name}'`;
  const result = await originate(core, {
    dialString: `{${globals}}${dialString}`,
    signal: new AbortController().signal,
  });
  if (!(result instanceof Channel)) return `Call Requested: result: [${result}]\n`;
  result.executor.transfer([{ name: 'conference', args: `${conference.name}@${conference.profile}` }]);
  return 'Call Requested: result: [SUCCESS]\n';
};

const COMMANDS: Record<string, Command> = {
  hup: onMembers('hup', 'hup-member', kick),
  kick: onMembers('kicked', 'kick-member', kick),
  mute: onMembers('mute', 'mute-member', (member) => (member.voice.settings.mute = true)),
  unmute: onMembers('unmute', 'unmute-member', (member) => (member.voice.settings.mute = false)),
  deaf: onMembers('deaf', 'deaf-member', (member) => (member.voice.settings.deaf = true)),
  undeaf: onMembers('undeaf', 'undeaf-member', (member) => (member.voice.settings.deaf = false)),
  lock: setLock(true),
  unlock: setLock(false),
  dial,
  bgdial(core, conference, words) {
    Promise.resolve(dial(core, conference, words)).catch((error: unknown) =>
      core.log.warn('bgdial failed', { error }),
    );
    return '+OK Job-UUID: 0\n';
  },
  play(core, conference, [path = '', id]) {
    const member = id ? conference.members.get(Number(id)) : undefined;
    if (id && !member) return `-ERR Member: ${id} not found.\n`;
    core.bus.publish('CUSTOM', [...fieldsOf(conference, 'play-file'), ['File', path]]);
    (member?.voice ?? conference.mixer).play(path).then(
      () => core.bus.publish('CUSTOM', [...fieldsOf(conference, 'play-file-done'), ['File', path]]),
      (error: unknown) => core.log.warn('nothing to play', { conference: conference.name, path, error }),
    );
    return `+OK (play) Playing file ${path}\n`;
  },
  stop(_core, conference, [which = 'current']) {
    conference.mixer.stopPlay(which === 'all');
    return '+OK Stopped 1 files.\n';
  },
  async record(core, conference, [path = '']) {
    const recording = await conference.mixer.record(path);
    conference.recordings.set(path, recording);
    core.bus.publish('CUSTOM', [...fieldsOf(conference, 'start-recording'), ['Path', path]]);
    return `Record file ${path}\n`;
  },
  async norecord(core, conference, [path = 'all']) {
    const chosen = [...conference.recordings].filter(([name]) => path === 'all' || name === path);
    for (const [name, recording] of chosen) {
      await recording.stop();
      conference.recordings.delete(name);
      core.bus.publish('CUSTOM', [...fieldsOf(conference, 'stop-recording'), ['Path', name]]);
    }
    return `Stopped recording ${chosen.length} files\n`;
  },
  recording: (core, conference, [verb = '', ...rest]) =>
    COMMANDS[verb === 'stop' ? 'norecord' : 'record']?.(core, conference, rest) ?? '-ERR\n',
  relate(_core, conference, [a, b, how]) {
    const [member, other] = [conference.members.get(Number(a)), conference.members.get(Number(b))];
    if (!member || !other || (how !== 'nohear' && how !== 'nospeak' && how !== 'clear')) return '-ERR\n';
    conference.mixer.relate(member.voice, other.voice, how);
    return `+OK ${a} ${how} ${b}\n`;
  },
  list: (_core, conference) => listText(conference),
};

export const conference: Api = (core, args) => {
  const [name = '', verb = '', ...words] = splitArguments(args);
  if (name === 'json_list') return JSON.stringify([...core.conferences.values()].map(describe));
  if (name === 'list') {
    if (core.conferences.size === 0) return '+OK No active conferences.\n';
    return [...core.conferences.values()]
      .map(
        (each) =>
          `+OK Conference ${each.name} (${each.members.size} members rate: 8000 flags: running)\n${listText(each)}`,
      )
      .join('');
  }
  const found = core.conferences.get(name);
  if (!found) return `-ERR Conference ${name} not found\n`;
  if (verb === 'json_list') return JSON.stringify([describe(found)]);
  return COMMANDS[verb]?.(core, found, words) ?? `Conference command '${verb}' not found.\n`;
};

function selectMembers({ members }: Conference, which: string): ConferenceMember[] {
  const all = [...members.values()];
  if (which === 'all') return all;
  if (which === 'non_moderator') return all.filter((member) => !member.moderator);
  if (which === 'last') return all.slice(-1);
  return all.filter((member) => String(member.id) === which);
}

function listText({ members }: Conference): string {
  const lines = [...members.values()].map(({ id, channel, voice, moderator }) => {
    const { profile } = channel;
    const flags = [
      voice.settings.deaf ? '' : 'hear',
      voice.settings.mute ? '' : 'speak',
      voice.talking ? 'talking' : '',
      moderator ? 'moderator' : '',
    ];
    return [
      id,
      profile.channelName,
      profile.uuid,
      profile.callerIdName,
      profile.callerIdNumber,
      flags.filter(Boolean).join('|'),
    ].join(';');
  });
  return lines.map((line) => `${line}\n`).join('');
}

function describe(conference: Conference): object {
  const seconds = (since: number) => Math.floor((Date.now() - since) / 1000);
  return {
    conference_name: conference.name,
    member_count: conference.members.size,
    rate: 8000,
    run_time: seconds(conference.startedAt),
    conference_uuid: conference.uuid,
    locked: conference.locked,
    recording: conference.recordings.size > 0,
    running: true,
    members: [...conference.members.values()].map(({ id, channel, voice, moderator, joinedAt }) => ({
      type: 'caller',
      id,
      flags: {
        can_hear: !voice.settings.deaf,
        can_speak: !voice.settings.mute,
        mute_detect: false,
        talking: voice.talking,
        is_moderator: moderator,
      },
      uuid: channel.uuid,
      caller_id_name: channel.profile.callerIdName,
      caller_id_number: channel.profile.callerIdNumber,
      join_time: seconds(joinedAt),
      energy: voice.settings.energyLevel,
    })),
  };
}
