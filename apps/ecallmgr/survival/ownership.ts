// Whose leg it is: found out when it is met, written on the leg for whoever goes on with it.
import { randomBytes } from 'node:crypto';
import { errorText } from '../../../core/errors/index.ts';
import { withLogContext } from '../../../core/log/index.ts';
import type { Channel } from '../channel.ts';
import { legVariables } from '../dial/rules.ts';
import { type SwitchEvent, variable } from '../freeswitch/index.ts';
import { admit } from '../routing/admission.ts';
import type { SwitchNode } from '../switch-node.ts';
import { controlled, privateHeaders, type Vars } from '../variables.ts';

// Set once on every call that is ours: a bridge that fails or ends leaves the call to its controller.
const standing = {
  continue_on_fail: 'true',
  hangup_after_bridge: 'false',
  sip_redirect_context: 'context_2',
};

/** A leg seen for the first time: whose it is stands on it, or is found out. */
export function identify(node: SwitchNode, channel: Channel, event: SwitchEvent): void {
  const owner = channel.get('Ecallmgr-Node');
  if (owner === undefined) {
    settle(node, channel, event);
    return;
  }
  if (owner !== node.node) {
    node.leave(channel, owner);
    return;
  }
  // From before a restart: another may have taken it meanwhile. The comparison with the switch will tell.
  if (!node.compared && event['Event-Name'] !== 'CHANNEL_CREATE') return;
  channel.ownership = 'ours';
  // The inner half of a loopback has inherited its outer half's variables, but it is a call of its own.
  const own = variable(event, controlled) === channel.callId;
  if (channel.direction === 'inbound' && !own) adopt(node, channel, event, {});
}

/** Claims a leg that nobody has yet, and learns meanwhile who calls. `claim` resolves with whether it is ours. */
export function settle(
  node: SwitchNode,
  channel: Channel,
  event: SwitchEvent,
  claim: () => Promise<boolean> = () => node.claims.take(channel.callId),
): void {
  channel.settling = true;
  withLogContext({ callId: channel.callId }, () => claimed(node, channel, event, claim))
    .catch((error: unknown) =>
      // Its events stay held: after a reconnect it is tried again.
      node.around.log.warn('a leg could not be claimed', {
        callId: channel.callId,
        error: errorText(error),
      }),
    )
    .finally(() => {
      channel.settling = false;
    });
}

async function claimed(
  node: SwitchNode,
  channel: Channel,
  event: SwitchEvent,
  claim: () => Promise<boolean>,
): Promise<void> {
  const { callers, edges, meters } = node.shared;
  const admission = admit(event, channel.soughtFor, (callId) => node.channels.get(callId)?.vars, {
    callers,
    edges,
  }).then(
    (vars) => ({ vars, refused: undefined }),
    (refused: unknown) => ({ vars: {}, refused }),
  );
  const [{ vars, refused }, first] = await Promise.all([admission, claim()]);
  if (!first) {
    meters.claimLost();
    node.leave(channel, undefined);
    return;
  }
  channel.claimed = true;
  channel.refused = refused;
  adopt(node, channel, event, vars);
  node.release(channel);
}

/** Writes on the channel that it is ours and what we know of it, so that another process can go on with it. */
function adopt(node: SwitchNode, channel: Channel, event: SwitchEvent, vars: Vars): void {
  channel.ownership = 'ours';
  // Variables that it has inherited: their control queue is another call's.
  const inherited = channel.get('Control-Queue') !== undefined;
  channel.decide({
    ...vars,
    'Fetch-ID': randomBytes(16).toString('hex'),
    'Ecallmgr-Node': node.node,
    ...(inherited ? { 'Control-Queue': '' } : {}),
  });
  const variables = { ...standing, ...legVariables(channel.decided) };
  const unwanted = [...privateHeaders(event), ...(inherited ? ['ecallmgr_Control-Queue'] : [])];
  node.client
    // FreeSWITCH copies the headers of an INVITE to the legs it makes, and who calls is nobody's business there.
    .setVariables(channel.callId, variables, unwanted)
    .catch((error: unknown) =>
      node.around.log.debug('a leg could not be marked', { error: errorText(error) }),
    );
}
