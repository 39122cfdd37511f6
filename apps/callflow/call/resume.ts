// A call as `callflow.resume` carries it: Kazoo's keys where it has them, so that either side can send it.
import type { CommandFields } from '../../../core/calls/index.ts';
import { type FlowNode, isFlowNode, isRecord, type MessageFields } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { resume } from '../../../core/messages/callflow.ts';
import type { Standing } from './standing.ts';
import type { CallState } from './state.ts';

/** The body of a resume message, as a checkpoint carries it. */
export type Resume = NonNullable<CommandFields<'checkpoint'>['Resume']>;

/** The body of the resume message for a call whose flow stands there. */
export function toResume(state: CallState, { flow, stack, branches, begun, note }: Standing): Resume {
  return {
    Call: toCallJson(state),
    Flow: { ...flow },
    ...(begun ? { Begun: true } : {}),
    ...(note && Object.keys(note).length > 0 ? { Note: { ...note } } : {}),
    ...(stack && stack.length > 0 ? { Stack: stack.map((it) => ({ ...it })) } : {}),
    ...(branches ? { Branches: branches } : {}),
  };
}

/** Where the flow of a resume message stands. Throws `invalid_message` when it stands nowhere. */
export function standingOf(message: MessageFields<typeof resume>): Standing {
  const { Flow, Stack = [], Branches = 0, Begun = false, Note = {} } = message;
  return {
    flow: nodeOf(Flow, 'Flow'),
    stack: Stack.map((flow) => nodeOf(flow, 'a flow of Stack')),
    branches: Branches,
    begun: Begun,
    note: Note,
  };
}

function nodeOf(flow: unknown, what: string): FlowNode {
  if (isFlowNode(flow)) return flow;
  throw new AppError('invalid_message', { message: `callflow.resume: ${what} names no module` });
}

/** The `Call` of a resume message. */
function toCallJson(state: CallState): Record<string, unknown> {
  return {
    'Call-ID': state.callId,
    'Account-ID': state.accountId,
    'Control-Queue': state.controlQueue,
    'CallFlow-ID': state.callflowId,
    Request: state.request,
    To: state.to,
    From: state.from,
    'Destination-Number': state.number,
    'Capture-Group': state.captureGroup,
    'Capture-Groups': state.captureGroups,
    'Call-Direction': state.direction,
    'Resource-Type': state.resourceType,
    'Caller-ID-Name': state.callerIdName,
    'Caller-ID-Number': state.callerIdNumber,
    Language: state.language,
    Answered: state.answered,
    'Custom-Channel-Vars': { ...state.channelVars, 'Fetch-ID': state.fetchId },
    'Custom-Application-Vars': state.applicationVars,
    Collections: state.collections,
  };
}

/** The state behind the `Call` of a resume message. Throws `invalid_message` when call id or control queue is missing. */
export function fromCallJson(json: Readonly<Record<string, unknown>>): CallState {
  const text = (key: string): string => (typeof json[key] === 'string' ? json[key] : '');
  const record = (key: string): Record<string, unknown> => (isRecord(json[key]) ? { ...json[key] } : {});
  for (const key of ['Call-ID', 'Control-Queue', 'Account-ID']) {
    if (text(key) === '')
      throw new AppError('invalid_message', { message: `callflow.resume: Call has no ${key}` });
  }
  const channelVars = record('Custom-Channel-Vars');
  return {
    callId: text('Call-ID'),
    accountId: text('Account-ID'),
    controlQueue: text('Control-Queue'),
    fetchId: String(channelVars['Fetch-ID'] ?? text('Fetch-ID')),
    callflowId: text('CallFlow-ID'),
    request: text('Request'),
    to: text('To'),
    from: text('From'),
    number: text('Destination-Number') || (text('Request').split('@')[0] ?? ''),
    direction: text('Call-Direction') || 'inbound',
    resourceType: text('Resource-Type') || 'audio',
    callerIdName: text('Caller-ID-Name'),
    callerIdNumber: text('Caller-ID-Number'),
    language: text('Language') || 'en-us',
    answered: json['Answered'] === true,
    channelVars,
    applicationVars: record('Custom-Application-Vars'),
    collections: record('Collections') as Record<string, string>,
    ...(text('Capture-Group') === '' ? {} : { captureGroup: text('Capture-Group') }),
    ...(isRecord(json['Capture-Groups'])
      ? { captureGroups: json['Capture-Groups'] as Record<string, string> }
      : {}),
  };
}
