// The embedded broker in a process of its own, as RabbitMQ is.
import { startBroker } from '../../../rel/embedded/broker/index.ts';
import { announce } from './parent.ts';

const broker = await startBroker({ host: '127.0.0.1', port: 0 });
announce(broker.url);
