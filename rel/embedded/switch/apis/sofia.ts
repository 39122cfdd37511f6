// `sofia status|jsonstatus|xmlstatus [profile NAME]` and `sofia profile NAME rescan|restart|start|stop`.

import type { Api } from '../calls/contract.ts';

export const sofia: Api = ({ settings, channels }, args) => {
  const [verb = '', kind, name] = args.trim().split(/\s+/);
  const { sipHost: host, sipPort: port, profile } = settings;
  const url = `sip:mod_sofia@${host}:${port}`;
  const info = {
    'domain-name': 'N/A',
    dialplan: 'XML',
    context: 'context_2',
    'rtp-ip': host,
    'sip-ip': host,
    url,
    'bind-url': `${url};transport=udp,tcp`,
    'hold-music': 'local_stream://default',
  };
  if (kind === 'profile' && name !== profile) return 'Invalid Profile!\n';
  switch (verb) {
    case 'profile':
      if (kind !== profile) return 'Invalid Profile!';
      return name === 'rescan' ? `+OK scan complete\n` : `+OK ${kind} ${name ?? ''}\n`;
    case 'jsonstatus': {
      const status = { type: 'profile', state: 'RUNNING', 'in-use': channels.size, data: url };
      return JSON.stringify({ profiles: { [profile]: { status, info: { ...info, 'rtp-ip': [host] } } } });
    }
    case 'xmlstatus':
      return kind === 'profile' ? profileXml(profile, info) : listXml(profile, url, channels.size);
    case 'status':
      return `                     Name\t   Type\t                                      Data\tState\n${profile.padStart(25)}\tprofile\t${url.padStart(42)}\tRUNNING (${channels.size})\n1 profile 0 aliases\n`;
    default:
      return '-ERR Unknown command!\n';
  }
};

const declaration = '<?xml version="1.0" encoding="ISO-8859-1"?>\n';

function listXml(profile: string, url: string, calls: number): string {
  return `${declaration}<profiles>\n<profile>\n<name>${profile}</name>\n<type>profile</type>\n<data>${url}</data>\n<state>RUNNING (${calls})</state>\n</profile>\n</profiles>\n`;
}

function profileXml(profile: string, info: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ name: profile, ...info }).map(
    ([key, value]) => `    <${key}>${value}</${key}>\n`,
  );
  return `${declaration}<profile>\n  <profile-info>\n${lines.join('')}  </profile-info>\n</profile>\n`;
}
