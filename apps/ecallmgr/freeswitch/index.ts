// What ecallmgr uses of the event socket.
export { type ClientOptions, SwitchClient, uuid } from './client.ts';
export type { CommandHeaders, SwitchAddress } from './connection.ts';
export { callIdOf, channelVar, parseEvent, type SwitchEvent, variable, variablesUnder } from './event.ts';
export {
  harmless,
  sipHost,
  sipUser,
  variableList,
  variableName,
  variableSequence,
  word,
} from './quoting.ts';
export { saysGone } from './replies.ts';
