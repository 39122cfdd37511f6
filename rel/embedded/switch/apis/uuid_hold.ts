// `uuid_hold [off|toggle] UUID [music]`: asks the far end to hold by a re-INVITE.

import type { Api } from '../calls/contract.ts';

export const uuidHold: Api = async ({ channels }, args) => {
  const words = args.trim().split(/\s+/);
  const verb = words[0] === 'off' || words[0] === 'toggle' ? words.shift() : 'on';
  const channel = channels.get(words[0] ?? '');
  if (!channel?.driver.hold) return '-ERR Operation failed\n';
  await channel.driver.hold(verb === 'toggle' ? !channel.held : verb === 'on');
  return '+OK Success\n';
};
