// echo: sends back what is heard, until it is broken off.
import { unit } from './unit.ts';

export const echo = unit({ name: 'echo', run: (call, command) => call.execute(command, 'echo') });
