// What others may import of core/amqp.
export { askForSign, type Sign } from './alive.ts';
export type * from './bus.ts';
export { type ConnectOptions, connectBus } from './connect.ts';
export { type DeadLetter, type DeadLetters, openDeadLetters } from './dead-letters.ts';
export { type ExchangeType, exchangeType } from './exchanges.ts';
export { type BusOptions, busOver } from './over.ts';
export { type BrokerState, probeBroker } from './probe.ts';
export { silenceCounts } from './silence.ts';
export type {
  Incoming,
  Outgoing,
  QueueSpec,
  Transport,
  TransportConsumer,
  WaitingQueue,
} from './transport.ts';
