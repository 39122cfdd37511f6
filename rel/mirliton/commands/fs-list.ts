// mirliton fs list: the media servers, as every ecallmgr sees them.
import { askProcesses } from '../cluster.ts';
import { command } from '../command.ts';

export const fsListCommand = command({
  name: 'fs list',
  summary: 'the media servers, as every ecallmgr sees them',
  run: async (_, cli) => {
    const seen = (await askProcesses(await cli.bus())).flatMap((process) => process.switches);
    cli.table(
      seen,
      {
        'media server': ({ name }) => name,
        state: ({ connected, paused }) => (connected ? (paused ? 'paused' : 'up') : 'away'),
        channels: ({ channels }) => channels,
        'of this node': ({ ours }) => ours,
        since: ({ startup }) => startup,
        node: ({ seenBy }) => seenBy,
        failure: ({ failure }) => failure,
      },
      'no ecallmgr drives a media server',
    );
  },
});
