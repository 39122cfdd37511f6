// Doctor: the settings, Node, and the disk of this machine.
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { type Check, failed, ok, warning } from './check.ts';

export const settings: Check = {
  name: 'settings',
  run: async (cli) => {
    // Reading them throws, and says which setting is wrong.
    const { zone, bus, store, switches } = cli.settings();
    const parts = `${bus.urls.length} brokers, ${store.urls.length} database nodes, ${switches.length} switches`;
    return [ok('settings', `zone ${zone}: ${parts}`)];
  },
};

export const node: Check = {
  name: 'node',
  run: async () => {
    const { node: version } = process.versions;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return major > 20 || (major === 20 && minor >= 19)
      ? [ok('Node', version)]
      : [failed('Node', `${version} is too old`, 'install Node 20.19 or newer')];
  },
};

const gigabyte = 1_000_000_000;

export const disk: Check = {
  name: 'disk',
  run: async (cli) => {
    const { data } = cli.settings();
    if (!existsSync(data)) return [ok('disk', 'no data folder on this machine')];
    const { bavail, blocks, bsize } = await statfs(data);
    const free = bavail * bsize;
    const detail = `${(free / gigabyte).toFixed(1)} GB free of ${((blocks * bsize) / gigabyte).toFixed(1)} GB at ${data}`;
    const advice = 'make room: recordings, logs and the embedded database stop when the disk is full';
    if (free < gigabyte / 2) return [failed('disk', detail, advice)];
    return [bavail / blocks < 0.05 ? warning('disk', detail, advice) : ok('disk', detail)];
  },
};
