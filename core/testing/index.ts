// What tests may import: fakes for what stands outside of an app.
export { type MemoryBroker, memoryBroker } from './broker.ts';
export { type FakeBus, type FakeBusOptions, fakeBus, type Published } from './bus.ts';
export { type LogRecord, type SilentLog, silentLog } from './log.ts';
export { type FakeMetrics, fakeMetrics } from './metrics.ts';
export { memoryStore } from './store.ts';
export {
  type Command,
  type FakeCall,
  type FakeSwitch,
  fakeSwitch,
  type RouteOptions,
  type Script,
} from './switch.ts';
export { Wire } from './wire.ts';
