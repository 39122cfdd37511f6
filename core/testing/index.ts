// What tests may import: fakes for what stands outside of an app.
export { memoryStore } from './store.ts';
