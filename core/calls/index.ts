// What others may import of core/calls: winning, hearing and commanding calls over the bus.
export {
  type CallControl,
  type RouteRequest,
  type RouteWin,
  startCallControl,
  type Won,
} from './call-control.ts';
export { type CarrierAnswer, type CarrierJob, type CarrierOptions, giveToCarriers } from './carriers.ts';
export {
  type CallEvent,
  type CallIdentity,
  type CallMessage,
  type CommandFields,
  ControlledCall,
  type DialplanError,
  newCommandId,
} from './controlled-call.ts';
export type { Hearing } from './hearing.ts';
