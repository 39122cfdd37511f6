// What others may import of core/websockets: the bindings there are, as data.
export { availableBindings, callBindings, objectActions, presenceKinds } from './bindings.ts';
