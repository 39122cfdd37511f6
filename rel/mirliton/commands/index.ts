// Every command of `mirliton`, in the order in which the help lists them.
import type { Command } from '../command.ts';
import { versionCommand } from './version.ts';

export const commands: readonly Command[] = [versionCommand];
