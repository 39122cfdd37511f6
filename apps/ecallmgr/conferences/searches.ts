// Answers who asks which conferences run, and who is in one.
import type { Subscription } from '../../../core/amqp/index.ts';
import type { AppContext } from '../../../core/app/index.ts';
import { searchReq, searchResp } from '../../../core/messages/conference.ts';
import type { SwitchNode } from '../switch-node.ts';
import { conferenceOn, described, ofAccount } from './listing.ts';

/** Each ecallmgr answers for its own switches; silence is the answer of who has none. */
export function answerSearches({ bus }: AppContext, nodes: readonly SwitchNode[]): Promise<Subscription> {
  return bus.consume(
    { bindings: [{ exchange: 'conference', key: 'conference.discovery' }], contracts: [searchReq] },
    async (request) => {
      const { 'Conference-ID': id, 'Account-ID': account } = request.message;
      if (id === undefined) {
        const found = await Promise.all(nodes.map((node) => ofAccount(node, account ?? '')));
        const running = Object.assign({}, ...found) as Record<string, unknown>;
        if (Object.keys(running).length > 0) await bus.reply(request, searchResp, { Conferences: running });
        return;
      }
      for (const node of nodes) {
        const listed = await conferenceOn(node, id);
        if (listed) return bus.reply(request, searchResp, described(node, id, listed));
      }
      return undefined;
    },
  );
}
