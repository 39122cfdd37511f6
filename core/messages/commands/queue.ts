// Commands of the queue itself, and of what is known of a call (contract/kapi.md, kapi_dialplan).
import { Type } from '../../contract/index.ts';
import { resumeFields } from '../callflow.ts';
import { Any, Count, Flag, some, Text, Vars } from '../fields.ts';
import { command } from './command.ts';

export const sleep = command('sleep', 'Wait; Time in milliseconds', { Time: Count });
export const set = command('set', 'Set variables of the call', {
  ...some(Vars, 'Custom-Call-Vars Custom-Channel-Vars Custom-Application-Vars'),
  'Export-All': Type.Optional(Flag),
});
export const noop = command(
  'noop',
  'Nothing; completes when all before it has. Filter-Applications drops these from the head of the queue',
  {
    'B-Leg-Events': Type.Optional(Any),
    'Filter-Applications': Type.Optional(Type.Array(Type.Union([Text, Vars]))),
  },
);
export const fetch = command('fetch', 'Tell all variables of the call', {
  'From-Other-Leg': Type.Optional(Flag),
});
export const queue = command('queue', 'Several commands as one', {
  Commands: Type.Array(Vars, { minItems: 1 }),
});
/** Commands by what they wait for, and a name of their own: `{"Execute-On-Answer": {"any": {…}}}`. They run beside the queue. */
export const eventActions = command('event_actions', 'Run commands when something happens to the call', {
  'Event-Actions': Type.Record(Text, Type.Record(Text, Vars)),
});
/**
 * What another process needs to go on with this call when the one that sends this dies (DESIGN §7): kept by ecallmgr and
 * on the switch, the last one counts. It runs at once beside the queue, whatever its Insert-At says, and no completion is told
 * of it. The common headers `Node` and `Server-ID` say who controls the call now and where that process can be pinged;
 * `Call.Fetch-ID` in `Resume` says under which fetch id. `Resume` is the body of `callflow.resume`; without it the call
 * cannot be resumed, only watched. `Hand-Over: true`: its controller stops soon, another one is to go on at once; it keeps
 * the call until it hears `usurp_control`. `Keys-Taken` is the Msg-ID of the DTMF event whose key was taken last: later ones
 * are told to whoever comes next, and with `Keys-Again: true` to the sender, who may have missed some.
 */
export const checkpoint = command(
  'checkpoint',
  'Where the call stands: what another controller resumes from',
  {
    Resume: Type.Optional(Type.Object(resumeFields)),
    'Hand-Over': Type.Optional(Flag),
    'Keys-Taken': Type.Optional(Type.String()),
    'Keys-Again': Type.Optional(Flag),
  },
);
