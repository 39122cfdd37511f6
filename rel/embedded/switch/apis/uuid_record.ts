// `uuid_record UUID start|stop|mask|unmask|pause|resume PATH|all [LIMIT]`.

import { channelApi, NO_SESSION } from '../calls/channel-api.ts';
import { filePath, sessionOptions, startRecording } from '../calls/recording.ts';
import { splitArguments } from '../calls/route.ts';

const SUCCESS = '+OK Success\n';

export const uuidRecord = channelApi(async ({ channel, rest }) => {
  const [verb = '', file = '', limit = '0'] = splitArguments(rest);
  const all = [...(channel.leg?.recordings.values() ?? [])];
  const path = filePath(channel, file);
  const chosen = file === 'all' ? all : all.filter((recording) => recording.path === path);
  switch (verb) {
    case 'start':
      try {
        if (!channel.answered && !channel.early) await channel.driver.progress();
        await startRecording(channel, file, sessionOptions(channel, Number(limit) || 0));
        return SUCCESS;
      } catch (error) {
        channel.core.log.warn('recording refused', { uuid: channel.uuid, path, error });
        return '-ERR Cannot record session!\n';
      }
    case 'stop':
      for (const recording of chosen) await recording.stop();
      return chosen.length > 0 || file === 'all' ? SUCCESS : '-ERR Cannot stop record session!\n';
    case 'mask':
    case 'unmask':
      for (const recording of chosen) recording.mask(verb === 'mask');
      return chosen.length > 0 ? SUCCESS : `-ERR Cannot ${verb} recording session!\n`;
    case 'pause':
    case 'resume':
      for (const recording of chosen) recording.pause(verb === 'pause');
      return chosen.length > 0 ? SUCCESS : `-ERR Cannot ${verb} recording session!\n`;
    default:
      return '-USAGE: <uuid> [start|stop|pause|resume|mask|unmask] <path> [<limit>]\n';
  }
}, NO_SESSION);
