// Every command of `mirliton`, in the order in which the help lists them.
import type { Command } from '../command.ts';
import { doctorCommand } from './doctor.ts';
import { startCommand } from './start.ts';
import { statusCommand } from './status.ts';
import { versionCommand } from './version.ts';
import { writeFreeswitchCommand, writeKamailioCommand } from './write.ts';

export const commands: readonly Command[] = [
  startCommand,
  statusCommand,
  doctorCommand,
  writeFreeswitchCommand,
  writeKamailioCommand,
  versionCommand,
];
