// `group_confirm_*`: a callee that has answered must press a key before it counts as answered.

import type { Channel } from './channel.ts';
import { collectDigits } from './collect.ts';

const DEFAULT_READ_MS = 5000;

/** False when the wrong key, or none, was pressed; true at once when nothing is to be confirmed. */
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
  const { digits } = await collectDigits({
    channel,
    signal: channel.executor.interrupted,
    prompt: file,
    min: 1,
    max: 1,
    timeoutMs: Number(setting('group_confirm_read_timeout') ?? DEFAULT_READ_MS),
    terminators: 'none',
  });
  return digits === key;
}
