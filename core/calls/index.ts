// What others may import of core/calls: winning, hearing and commanding calls over the bus.
export {
  type CallControl,
  type CallMessage,
  type RouteRequest,
  type RouteWin,
  startCallControl,
} from './call-control.ts';
export { type CallEvent, type CommandFields, ControlledCall, type DialplanError } from './controlled-call.ts';
