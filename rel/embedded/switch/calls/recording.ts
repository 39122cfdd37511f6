// Records a channel to a file, and tells of it: `record`, `record_session`, `uuid_record`.

import { isAbsolute, join } from 'node:path';
import type { Recording, RecordOptions, RecordResult } from '../media/index.ts';
import type { Channel } from './channel.ts';

const CAUSES: Record<RecordResult['reason'], string> = {
  stopped: 'success-manual',
  limit: 'success-maxtime',
  silence: 'success-silence',
  dtmf: 'success-manual',
  closed: 'success-hangup',
  failed: 'uri-failure',
};

/** A relative path is one in the folder for recordings; a stream is left as it is. */
export function filePath(channel: Channel, path: string): string {
  return isAbsolute(path) || path.includes('://') ? path : join(channel.core.settings.recordingsDir, path);
}

/** Starts a recording, unless it runs already; RECORD_STOP follows when its file is complete. @throws MediaError */
export async function startRecording(
  channel: Channel,
  file: string,
  options: RecordOptions,
): Promise<Recording> {
  const path = filePath(channel, file);
  if (!channel.leg) throw new Error(`channel ${channel.uuid} has no media to record`);
  const known = channel.leg.recordings.get(path);
  if (known) return known;
  const recording = await channel.leg.record(path, options);
  const fields: [string, string][] = [['Record-File-Path', path]];
  channel.publish('RECORD_START', fields);
  recording.finished.then(
    (result) => {
      channel.set('record_ms', String(Math.round(result.ms)));
      channel.set('record_seconds', String(Math.floor(result.ms / 1000)));
      channel.set('record_samples', String(Math.round(result.ms * 8)));
      const cause = result.discarded ? 'input-too-short' : CAUSES[result.reason];
      channel.set('record_completion_cause', cause);
      channel.publish('RECORD_STOP', [...fields, ['Record-Completion-Cause', cause]]);
    },
    (error: unknown) => channel.core.log.error('recording failed', { uuid: channel.uuid, path, error }),
  );
  return recording;
}

/** How the channel wants its conversation recorded (RECORD_STEREO, RECORD_APPEND, RECORD_BRIDGE_REQ, record_sample_rate…). */
export function sessionOptions(channel: Channel, limitSeconds: number): RecordOptions {
  const rate = channel.find('record_sample_rate');
  return {
    sides: channel.isTrue('RECORD_STEREO') ? 'stereo' : 'both',
    sampleRate: rate === '16000' ? 16000 : 8000,
    append: channel.isTrue('RECORD_APPEND'),
    limitMs: limitSeconds * 1000,
    minMs: Number(channel.find('record_min_sec') ?? 0) * 1000,
    ...(channel.isTrue('RECORD_BRIDGE_REQ') ? { when: () => channel.bridgedTo !== undefined } : {}),
  };
}
