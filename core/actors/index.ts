// What others may import of core/actors.
export { type ActorSystemOptions, createActorSystem } from './create.ts';
export type * from './system.ts';
