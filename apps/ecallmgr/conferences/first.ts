// Which of several ecallmgr that have a switch does what one is to do: agreed upon there.
import { errorText } from '../../../core/errors/index.ts';
import { insertIfEmpty, realms, remove } from '../survival/hash.ts';
import type { SwitchNode } from '../switch-node.ts';

// Milliseconds that the slowest may take to hear of it.
const agreedFor = 30_000;

/** True for the first who asks under this id; rejects when the switch is away. */
export async function isFirst({ client, node, around }: SwitchNode, id: string): Promise<boolean> {
  const first = await insertIfEmpty(client, realms.orders, id, node);
  if (first)
    setTimeout(() => {
      remove(client, realms.orders, id).catch((error: unknown) =>
        around.log.debug('what was agreed upon stays noted on the switch', { error: errorText(error) }),
      );
    }, agreedFor).unref();
  return first;
}
