// Recording a new menu greeting by phone: record, review, save into the menu's media document.
import { randomBytes } from 'node:crypto';
import type { DocumentOf } from '../../../core/contract/index.ts';
import { media, type menu } from '../../../core/documents/index.ts';
import type { Call } from './call.ts';
import { collectDigits } from './collect.ts';
import { anyKey, play, prompt } from './media.ts';

const beep = [{ Frequencies: [440], 'Duration-ON': 500, 'Duration-OFF': 100 }];

/** Returns the Media-Name of the greeting to play from now on: the new one when the caller saved it. */
export async function recordGreeting(
  call: Call,
  settings: Partial<DocumentOf<typeof menu>>,
  current: string,
): Promise<string> {
  const shortest = await call.config.get('callflow', 'menu.min_greeting_length', 1500);
  for (;;) {
    const file = `${randomBytes(16).toString('hex')}.wav`;
    await play(call, prompt(call, 'vm-record_greeting'), { terminators: [] });
    await call.execute('tones', { Tones: beep }, 10_000);
    const recorded = await call.execute('record', {
      'Media-Name': file,
      Terminators: anyKey,
      'Time-Limit': 120,
    });
    call.dropDigits();
    const choice = await review(call, file);
    if (choice === 'record') continue;
    if (choice === 'none') {
      await play(call, prompt(call, 'vm-deleted'));
      return current;
    }
    if ((recorded.Length ?? 0) < shortest) {
      await play(call, prompt(call, 'vm-recording_to_short'));
      continue;
    }
    const id = await save(call, settings, file);
    await play(call, prompt(call, 'vm-saved'));
    await play(call, prompt(call, 'menu-return'));
    return `/${call.state.accountId}/${id}`;
  }
}

async function review(call: Call, file: string): Promise<'save' | 'record' | 'none'> {
  for (let tries = 0; tries < 3; tries += 1) {
    const options = { maxDigits: 1, timeout: 5000, interdigitTimeout: 2000 };
    const { digits } = await collectDigits(call, { ...options, media: prompt(call, 'vm-review_recording') });
    if (digits === '1') return 'save';
    if (digits === '3') return 'record';
    if (digits === '2') await play(call, file);
  }
  return 'none';
}

async function save(call: Call, settings: Partial<DocumentOf<typeof menu>>, file: string): Promise<string> {
  const id = randomBytes(16).toString('hex');
  await call.database.save({
    _id: id,
    pvt_type: media.type,
    name: `${settings.name ?? 'menu'} greeting`,
    description: 'recorded by phone',
    source_type: 'menu',
    source_id: settings._id ?? '',
    media_source: 'recording',
    content_type: 'audio/x-wav',
    streamable: true,
  });
  await call.execute(
    'store',
    {
      'Media-Name': file,
      'Media-Transfer-Method': 'put',
      'Media-Transfer-Destination': `media:/${call.state.accountId}/${id}/greeting.wav`,
    },
    60_000,
  );
  if (settings._id) {
    await call.database.update(settings._id, (current) => ({
      ...current,
      media: { ...(current['media'] as Record<string, unknown> | undefined), greeting: id },
    }));
  }
  return id;
}
