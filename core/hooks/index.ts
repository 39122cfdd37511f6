// What others may import of core/hooks: the events that a webhook may be told of, as data.
export { hookSamples } from './samples.ts';
export { type HookType, hookTypes, type Modifier, superduperNotifications } from './types.ts';
