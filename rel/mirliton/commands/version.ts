// mirliton version: of this command, and of the Node that runs it.
import { version } from '../../../core/files/index.ts';
import { command } from '../command.ts';

export const versionCommand = command({
  name: 'version',
  summary: 'the version of Mirliton and of Node',
  run: async (_, cli) => {
    cli.show(
      { version, node: process.versions.node },
      () => `Mirliton ${version}, Node ${process.versions.node}`,
    );
  },
});
