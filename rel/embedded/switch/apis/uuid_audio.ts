// `uuid_audio UUID start read|write mute|level N` and `uuid_audio UUID stop`.

import { channelApi, OK } from '../calls/channel-api.ts';

export const uuidAudio = channelApi(({ channel, words }) => {
  const [verb, side, what, level] = words;
  if (verb === 'stop') {
    channel.leg?.setAudioLevel('read', 0);
    channel.leg?.setAudioLevel('write', 0);
    return OK;
  }
  if (verb !== 'start' || (side !== 'read' && side !== 'write') || !what) {
    return '-USAGE: <uuid> [start [read|write] [[mute|level] <level>]|stop]\n';
  }
  const steps = Math.max(-4, Math.min(4, Number(level) || 0));
  // FreeSWITCH's mute has a level of its own: 0 ends it, 1 is comfort noise, below is silence.
  if (what === 'mute') channel.leg?.setAudioLevel(side, level === '0' ? 0 : 'mute');
  else channel.leg?.setAudioLevel(side, steps);
  return OK;
});
