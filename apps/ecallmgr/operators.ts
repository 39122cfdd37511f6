// What operators ask of an ecallmgr beside what every app answers: the story of a call, a comparison with the switches.
import type { Delivery, Subscription } from '../../core/amqp/index.ts';
import type { AppContext } from '../../core/app/index.ts';
import type { AnyMessage } from '../../core/contract/index.ts';
import { toAppError } from '../../core/errors/index.ts';
import { callStoryReq, callStoryResp, doneResp, syncChannels } from '../../core/messages/maintenance.ts';
import type { Stories } from './stories.ts';
import { resync } from './survival/resync.ts';
import type { SwitchNode } from './switch-node.ts';

export function answerOperatorsOfCalls(
  { bus, log }: AppContext,
  nodes: readonly SwitchNode[],
  stories: Stories,
): Promise<Subscription> {
  const tellStory = async (request: Delivery<typeof callStoryReq>): Promise<void> => {
    const callId = request.message['Call-ID'];
    const story = stories.find(callId);
    if (!story) return;
    const node = nodes.find((it) => it.channels.has(callId));
    await bus.reply(request, callStoryResp, {
      'Call-ID': callId,
      Entries: story.entries.map((entry) => ({ ...entry })),
      Ended: story.ended,
      Dropped: story.dropped,
      'Media-Server': node?.name,
    });
  };
  const compare = async (request: Delivery<typeof syncChannels>): Promise<void> => {
    const wanted = request.message['FreeSWITCH-Node'];
    const chosen = nodes.filter(
      ({ name, client }) => client.connected && (wanted === undefined || wanted === name),
    );
    if (chosen.length === 0) return;
    const failures: string[] = [];
    await Promise.all(
      chosen.map((node) =>
        resync(node, log).catch((error: unknown) => {
          failures.push(`${node.name}: ${toAppError(error).message}`);
        }),
      ),
    );
    await bus.reply(request, doneResp, {
      Detail: chosen.map(({ name }) => name).join(', '),
      Count: chosen.reduce((sum, { channels }) => sum + channels.size, 0),
      ...(failures.length > 0 ? { Failures: failures } : {}),
    });
  };
  return bus.consume<AnyMessage>(
    {
      bindings: ['call_story.*', 'sync_channels'].map(
        (name) => ({ exchange: 'monitor', key: `maintenance.${name}` }) as const,
      ),
      contracts: [callStoryReq, syncChannels],
    },
    (request) =>
      request.contract === callStoryReq
        ? tellStory(request as Delivery<typeof callStoryReq>)
        : compare(request as Delivery<typeof syncChannels>),
  );
}
