// record_call: records the call from here on, or stops, masks or unmasks that.
import { randomBytes } from 'node:crypto';
import { action, next, Type } from '../../../core/contract/index.ts';
import { monthOf } from '../../../core/couch/index.ts';
import { recorder } from '../../../core/messages/call.ts';
import type { Call } from '../call/call.ts';

const patience = 10_000;

export const record_call = action({
  name: 'record_call',
  summary: 'Record the call',
  data: {
    action: Type.Enum(['start', 'stop', 'mask', 'unmask'], {
      default: 'start',
      description: 'all but start mean the recording that was started last; masked is silence',
    }),
    format: Type.Optional(Type.Enum(['mp3', 'wav'])),
    label: Type.Optional(Type.String({ description: 'stands in the origin of the recording' })),
    media_name: Type.Optional(Type.String({ description: 'its name where it is kept' })),
    method: Type.Enum(['put', 'post'], { default: 'put', description: 'how it goes to `url`' }),
    origin: Type.Optional(Type.String({ description: 'told, not read' })),
    record_min_sec: Type.Optional(Type.Integer({ minimum: 0, description: 'what is shorter is not kept' })),
    record_on_answer: Type.Boolean({ default: false, description: 'it never begins before the answer' }),
    record_on_bridge: Type.Boolean({ default: false, description: 'only while two talk' }),
    record_sample_rate: Type.Optional(Type.Integer({ description: 'Hz' })),
    should_follow_transfer: Type.Boolean({ default: true }),
    time_limit: Type.Integer({ default: 3600, minimum: 5, maximum: 10_800, description: 'seconds' }),
    url: Type.Optional(Type.String({ description: 'where it is sent, instead of the account' })),
  },
  onResume: 'repeat',
  notes: 'the id of the recording, which is begun once under it',
  run: async (call: Call, data) => {
    const command = { 'Record-Action': data.action };
    if (data.action !== 'start') {
      await call.execute('record_call', command, patience);
      return next();
    }
    const id = String(call.noted['Recording'] ?? newRecordingId());
    call.note({ Recording: id });
    const format = data.format ?? (await call.config.get('media', 'call_recording.extension', 'wav'));
    const shortest = data.record_min_sec ?? (await call.config.get('media', 'record_min_sec', 0));
    const { url, method } = data;
    const origin = `callflow : ${data.label ?? (await flowName(call))}`;
    await call.execute(
      'record_call',
      {
        ...command,
        // A file of its own for each recording, whatever it is called where it is kept.
        'Media-Name': `${id}.${format}`,
        'Media-Recording-ID': id,
        'Media-Recorder': recorder,
        'Recording-Variables': {
          Name: data.media_name ?? `${id}.${format}`,
          Data: { origin, method, ...(url === undefined ? {} : { url }) },
        },
        'Follow-Transfer': data.should_follow_transfer,
        'Time-Limit': data.time_limit,
        'Record-Min-Sec': shortest === 0 ? undefined : shortest,
        'Record-Sample-Rate': data.record_sample_rate,
        'Record-On': data.record_on_bridge ? 'bridge' : data.record_on_answer ? 'answer' : undefined,
      },
      patience,
    );
    return next();
  },
});

/** The month in which it is begun says where its document is. */
const newRecordingId = (): string => `${monthOf(new Date())}-${randomBytes(16).toString('hex')}`;

async function flowName(call: Call): Promise<string> {
  const name = (await call.database.find(call.state.callflowId))?.['name'];
  return typeof name === 'string' ? name : call.state.callflowId;
}
