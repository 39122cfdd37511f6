// store_vm: sends a voicemail message away, as `store` does with any recording.
import { send } from './store.ts';
import { unit } from './unit.ts';

export const storeVoicemail = unit({ name: 'store_vm', afterHangup: true, run: send });
