// The embedded broker in a process of its own, as RabbitMQ is.
import { startBroker } from '../../../rel/embedded/broker/index.ts';

const broker = await startBroker({ host: '127.0.0.1', port: 0 });
process.send?.(broker.url);
