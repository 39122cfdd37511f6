// In-call features: what is to be done with a call that goes on (contract/kapi.md, kapi_metaflow).
import { message, segment, Type } from '../contract/index.ts';
import { Text, text, Vars } from './fields.ts';

export const metaflowActions = [
  'audio_level',
  'break',
  'callflow',
  'hangup',
  'hold',
  'intercept',
  'move',
  'park',
  'play',
  'record_call',
  'resume',
  'say',
  'transfer',
  'tts',
  'unpark',
] as const;

/** One action on a call. */
export const metaflowAction = message({
  category: 'metaflow',
  name: 'action',
  exchange: 'metaflow',
  key: (m) => `metaflow.action.${segment(m['Call-ID'])}.${m.Action}`,
  fields: {
    ...text('Call-ID'),
    Action: Type.Enum([...metaflowActions]),
    Data: Type.Optional(Vars),
  },
});

/** A whole metaflow: `Flow` is a node with its children. */
export const metaflowFlow = message({
  category: 'metaflow',
  name: 'flow',
  exchange: 'metaflow',
  key: (m) => `metaflow.flow.${segment(m['Call-ID'])}`,
  fields: { 'Call-ID': Text, Flow: Vars },
});
