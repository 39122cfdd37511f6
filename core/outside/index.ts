// Requests to servers outside the cluster, whose addresses others chose.
export { checkHost, isPrivate } from './addresses.ts';
export { type OutsideAnswer, type OutsideRequest, type OutsideRules, send } from './send.ts';
