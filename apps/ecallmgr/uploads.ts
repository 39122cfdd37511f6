// Files of a switch on their way to a server: each order is taken by one of the ecallmgr that drive the switch.
import type { Delivery, Subscription } from '../../core/amqp/index.ts';
import { segment } from '../../core/contract/index.ts';
import { AppError, errorText } from '../../core/errors/index.ts';
import { commandReply, storeFile } from '../../core/messages/switch.ts';
import type { SwitchNode } from './switch-node.ts';

const uploadTimeout = 120_000;
const atOnce = 4;

/** Takes the orders for this switch; one that is not over when this process goes away is taken by another. */
export function serveUploads(node: SwitchNode): Promise<Subscription> {
  const { bus } = node.shared.context;
  return bus.consume(
    {
      queue: `ecallmgr_store_${node.name}`,
      bindings: [{ exchange: 'switch', key: `switch.store_file.${segment(node.name)}` }],
      contracts: [storeFile],
      delivery: 'when_over',
      prefetch: atOnce,
    },
    async (order) => {
      const result = await upload(node, order).then(
        (Response) => ({ Result: 'success', Response }),
        (error: unknown) => ({ Result: 'error', Error: errorText(error) }),
      );
      await bus.reply(order, commandReply, {
        Command: 'store_file',
        'FreeSWITCH-Node': node.name,
        ...result,
      });
    },
  );
}

/** Only recordings, and only to HTTP: whoever can send orders shall not read the disk of the switch. */
async function upload(node: SwitchNode, { message }: Delivery<typeof storeFile>): Promise<string> {
  const { 'File-Name': file, Url: url } = message;
  const name = file.slice(node.recordings.replace(/\/$/, '').length + 1);
  if (!file.startsWith(node.recordings) || !/^\w[\w.-]*$/.test(name))
    throw new AppError('invalid_data', {
      message: `${JSON.stringify(file)} is no recording of ${node.name}`,
    });
  if (!/^https?:\/\/[!-~]+$/.test(url))
    throw new AppError('invalid_data', { message: `cannot store to ${JSON.stringify(url)}` });
  return node.client.api(`http_put ${url} ${file}`, uploadTimeout);
}
