// Orders to the switches: API commands of operators, ACLs, NOTIFY to phones (contract/kapi.md, kapi_switch).
import type { Delivery, Subscription } from '../../core/amqp/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import type { AnyMessage, MessageOf } from '../../core/contract/index.ts';
import { errorText } from '../../core/errors/index.ts';
import {
  commandReply,
  fsXmlFlush,
  notify,
  reloadAcls,
  reloadGateways,
  switchCommand,
} from '../../core/messages/switch.ts';
import { profile } from './dial/destination.ts';
import { harmless, sipHost, sipUser } from './freeswitch/index.ts';
import type { SwitchNode } from './switch-node.ts';
import { sendOn } from './transfer.ts';

export async function takeOrders(
  context: AppContext,
  nodes: readonly SwitchNode[],
  proxy: () => string,
): Promise<Subscription[]> {
  const { bus, log } = context;
  const everywhere = (command: string): Promise<void> => onAll(nodes, command, log.warn);
  const orders = await bus.consume<AnyMessage>(
    {
      bindings: ['reload_acls', 'reload_gateways', 'fs_xml_flush', 'command.#'].map((key) => ({
        exchange: 'switch' as const,
        key: `switch.${key}`,
      })),
      contracts: [reloadAcls, reloadGateways, fsXmlFlush, switchCommand],
    },
    async (order) => {
      if (order.contract === reloadAcls) await everywhere('reloadacl');
      else if (order.contract === reloadGateways) await everywhere(`sofia profile ${profile} rescan`);
      else if (order.contract === fsXmlFlush) {
        const { Username, Realm } = order.message as MessageOf<typeof fsXmlFlush>;
        await everywhere(
          `xml_flush_cache id ${sipUser(Username)}${Realm === undefined ? '' : ` ${sipHost(Realm)}`}`,
        );
      } else await runCommand(context, nodes, order as Delivery<typeof switchCommand>);
    },
  );
  const notifications = await bus.consume(
    // Any one instance tells the phone.
    {
      queue: 'ecallmgr_fs_notify',
      bindings: [{ exchange: 'switch', key: 'switch.notify.#' }],
      contracts: [notify],
    },
    ({ message }) => tellPhone(nodes, message, proxy()),
  );
  return [orders, notifications];
}

async function onAll(
  nodes: readonly SwitchNode[],
  command: string,
  warn: (message: string, fields: Record<string, unknown>) => void,
): Promise<void> {
  const done = nodes
    .filter(({ client }) => client.connected)
    .map(async ({ client, name }) => {
      try {
        await client.api(command);
      } catch (error) {
        warn('a switch did not follow an order', { switch: name, command, error: errorText(error) });
      }
    });
  await Promise.all(done);
}

/**
 * Runs a command on the named switch, or on all. Ours are `pause` and `resume`, whether a switch gets new calls, and `send_on`,
 * which sends a leg to a number: who has the leg does it, and no other answers.
 */
async function runCommand(
  { bus }: AppContext,
  nodes: readonly SwitchNode[],
  order: Delivery<typeof switchCommand>,
): Promise<void> {
  const { Command, Args = '', 'FreeSWITCH-Node': wanted } = order.message;
  const chosen = nodes.filter(({ name }) => wanted === undefined || wanted === '*' || name === wanted);
  for (const node of chosen) {
    const result = await run(node, Command, Args);
    if (result && (order.message['Server-ID'] || order.replyTo))
      await bus.reply(order, commandReply, { Command, 'FreeSWITCH-Node': node.name, ...result });
  }
}

async function run(
  node: SwitchNode,
  command: string,
  args: string,
): Promise<{ readonly Result: string; readonly Response?: string; readonly Error?: string } | undefined> {
  if (command === 'pause' || command === 'resume') {
    node.pause(command === 'pause');
    return { Result: 'success', Response: command };
  }
  try {
    if (command === 'send_on') {
      const [, callId = '', number = ''] = /^(\S+) (.+)$/.exec(args) ?? [];
      if (node.channels.get(callId)?.ownership !== 'ours') return undefined;
      await sendOn(node.client, callId, number);
      return { Result: 'success', Response: number };
    }
    return { Result: 'success', Response: await node.client.api(`${command} ${args}`.trim(), 30_000) };
  } catch (error) {
    return { Result: 'error', Error: errorText(error) };
  }
}

async function tellPhone(
  nodes: readonly SwitchNode[],
  message: MessageOf<typeof notify>,
  proxy: string,
): Promise<void> {
  const node = nodes.find(({ client }) => client.connected);
  if (!node) return;
  const { Username, Realm, Event, Body } = message;
  const to = `sip:${sipUser(Username)}@${sipHost(Realm)}`;
  const headers = {
    profile,
    'event-string': harmless(Event),
    'to-uri': to,
    'from-uri': to,
    'contact-uri': `${to};fs_path=sip:${proxy}`,
    'extra-headers': `X-KAZOO-AOR: ${to}`,
    // Without one the switch says that it is a message summary.
    'content-type': message['Content-Type'] ?? 'text/plain',
  };
  await node.client.sendEvent('NOTIFY', headers, Body);
}
