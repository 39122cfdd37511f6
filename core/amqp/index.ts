// What others may import of core/amqp.
export type * from './bus.ts';
