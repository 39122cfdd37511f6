// `group_confirm_*`: a callee that has answered must press a key before it counts as answered.

import type { Channel } from './channel.ts';
import { collectDigits } from './collect.ts';

const DEFAULT_READ_MS = 5000;
// A prompt that cannot be played and no time to wait must not spin.
const SHORTEST_ROUND_MS = 100;

/**
 * True once the right key was pressed, and at once when nothing is to be confirmed; after another key, or none, the
 * prompt comes again. False when the callee is gone: hung up, or out of its time.
 */
export async function isConfirmed(
  channel: Channel,
  setting: (name: string) => string | undefined,
): Promise<boolean> {
  const key = setting('group_confirm_key');
  const file = setting('group_confirm_file') ?? '';
  if (!key) return true;
  if (key === 'exec') {
    const [, name = '', args = ''] = /^(\S+)\s*(.*)$/s.exec(file) ?? [];
    await channel.executor.nest({ name, args });
    return !channel.down;
  }
  while (!channel.down) {
    const { digits } = await collectDigits({
      channel,
      signal: channel.executor.interrupted,
      prompt: file,
      min: 1,
      max: key.length,
      timeoutMs: Math.max(
        Number(setting('group_confirm_read_timeout')) || DEFAULT_READ_MS,
        SHORTEST_ROUND_MS,
      ),
      terminators: 'none',
    });
    if (digits === key) return !channel.down;
  }
  return false;
}
