// answer: answers the call.
import { unit } from './unit.ts';

export const answer = unit({ name: 'answer', run: (call, command) => call.execute(command, 'answer') });
