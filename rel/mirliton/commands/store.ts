// mirliton store …: the database cluster of a zone.
import { AppError } from '../../../core/errors/index.ts';
import { joinCluster, namesOf } from '../../couchdb/join.ts';
import { replicateAll } from '../../couchdb/replicate.ts';
import { command, one, text } from '../command.ts';

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

export const storeReplicateCommand = command({
  name: 'store replicate',
  summary: 'sends every database of this zone to another zone, from now on',
  details:
    'Makes a document in _replicator for each database that has none yet; run it again (daily, by a timer) for databases that have come ' +
    'since. In the other zone it is run with the address of this one. The other zone must not have started its apps before it has the ' +
    'databases: the secrets in system_auth are made once.',
  args: { zone: one('name of the other zone'), url: one('its CouchDB, as http://user:password@host:5984') },
  examples: ['mirliton store replicate west http://mirliton:PASSWORD@couch.west.example.com:5984'],
  run: async ({ args: { zone, url } }, cli) => {
    const { urls, user, password } = cli.settings().store;
    const [source] = urls;
    if (source === undefined || !URL.canParse(url))
      throw new AppError('invalid_data', {
        message: source ? `${url} is no URL` : 'store.urls names no CouchDB',
      });
    const added = await replicateAll({ source, user, password, target: url, zone });
    cli.done(`${added.length} databases are sent to ${zone} that were not before`, { added });
  },
});
