// mirliton store …: the database cluster of a zone.
import { AppError } from '../../../core/errors/index.ts';
import { joinCluster, namesOf } from '../../couchdb/join.ts';
import { command, text } from '../command.ts';

export const storeJoinCommand = command({
  name: 'store join',
  summary: 'makes one cluster of the CouchDB nodes of store.urls',
  details:
    'The nodes must run with the same administrator, cookie and secret, each under a name with its host. Done again, it changes nothing; ' +
    'it waits a minute for nodes that are starting. To add a node: add its URL to store.urls and run it again.',
  options: {
    names: text('LIST', 'Erlang names of the nodes, in the order of store.urls; couchdb@HOST when left out'),
  },
  examples: [
    'mirliton store join',
    'mirliton store join --names couch@10.0.0.1,couch@10.0.0.2,couch@10.0.0.3',
  ],
  run: async ({ options }, cli) => {
    const { urls, user, password } = cli.settings().store;
    const names = options.names?.split(',') ?? namesOf(urls);
    if (urls.length === 0 || names.length !== urls.length)
      throw new AppError('invalid_data', {
        message: `store.urls names ${urls.length} nodes and there are ${names.length} names`,
      });
    let told = '';
    const tell = (what: string): void => {
      if (what !== told) console.error(`waiting for ${what}`);
      told = what;
    };
    await joinCluster({ urls, user, password, names, tell });
    cli.done(`one cluster: ${names.join(', ')}`, { nodes: names });
  },
});
