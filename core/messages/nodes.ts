// The heartbeat of every node (contract/kapi.md, kapi_nodes; kamailio.md §4).
import { message } from '../contract/index.ts';
import { Any, Count, maybeText, some, Vars } from './fields.ts';

/** `Expires` in milliseconds: a receiver takes the node for gone after 1.25 times that. */
export const advertise = message({
  category: 'nodes',
  name: 'advertise',
  exchange: 'nodes',
  key: () => '',
  fields: {
    Expires: Count,
    ...some(Any, 'Globals Node-Info Startup'),
    ...some(Vars, 'Media-Servers Roles Runtime-Info WhApps'),
    ...some(Count, 'Channels Conferences Ports Processes Registrations Used-Memory'),
    ...maybeText('Version Zone md5'),
  },
});
