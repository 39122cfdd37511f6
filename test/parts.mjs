// The real parts that the tests use, from Debian: installs those that are missing when it may.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const parts = [
  { program: 'sipp', debian: 'sip-tester' },
  { program: 'baresip', debian: 'baresip-core' },
  { program: 'rabbitmq-server', debian: 'rabbitmq-server' },
  { program: 'espeak-ng', debian: 'espeak-ng' },
  {
    program: 'kamailio',
    debian:
      'kamailio kamailio-extra-modules kamailio-json-modules kamailio-rabbitmq-modules kamailio-sqlite-modules kamailio-tls-modules kamailio-websocket-modules',
  },
  { program: 'sqlite3', debian: 'sqlite3' },
  { program: 'haproxy', debian: 'haproxy' },
];

const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
const isThere = ({ program }) => folders.some((folder) => existsSync(`${folder}/${program}`));

/** Installs what is missing as root on Debian. Returns the programs that are still missing. */
export function provideParts() {
  const missing = parts.filter((part) => !isThere(part));
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const names = missing.flatMap(({ debian }) => debian.split(' '));
    console.log(`installing ${names.join(', ')} from Debian (once) …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...names);
  }
  return missing.filter((part) => !isThere(part)).map(({ program }) => program);
}
