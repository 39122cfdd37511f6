// `sofia status|jsonstatus|xmlstatus [profile NAME]` and `sofia profile NAME rescan|restart|start|stop`.

import type { Api } from '../calls/contract.ts';

export const sofia: Api = ({ settings, channels }, args) => {
  const [verb = '', kind, name] = args.trim().split(/\s+/);
  const { sipHost: host, sipPort: port, profile } = settings;
  const url = `sip:mod_sofia@${host}:${port}`;
  switch (verb) {
    case 'profile':
      if (kind !== profile) return 'Invalid Profile!';
      return name === 'rescan' ? `+OK scan complete\n` : `+OK ${kind} ${name ?? ''}\n`;
    case 'jsonstatus':
      return JSON.stringify({
        profiles: {
          [profile]: { url, status: 'RUNNING', calls: channels.size, 'sip-ip': host, 'sip-port': port },
        },
      });
    case 'xmlstatus':
      if (kind === 'profile' && name !== profile) return 'Invalid Profile!\n';
      return `<?xml version="1.0" encoding="ISO-8859-1"?>\n<profiles>\n<profile>\n<name>${profile}</name>\n<type>profile</type>\n<data>${url}</data>\n<state>RUNNING (${channels.size})</state>\n</profile>\n</profiles>\n`;
    case 'status':
      if (kind === 'profile' && name !== profile) return 'Invalid Profile!\n';
      return `                     Name\t   Type\t                                      Data\tState\n${profile.padStart(25)}\tprofile\t${url.padStart(42)}\tRUNNING (${channels.size})\n1 profile 0 aliases\n`;
    default:
      return '-ERR Unknown command!\n';
  }
};
