// HAProxy in front of the brokers of a cluster, for Kamailio, which knows one address only.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.ts';

export interface Balancer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it; connections to a broker that has died end at once. */
export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
  const folder = mkdtempSync(join(tmpdir(), 'mirliton-haproxy-'));
  const [port = 0] = await freePorts(1);
  const servers = urls.map((url, at) => `  server broker${at + 1} ${new URL(url).host} check`);
  const lines = [
    'defaults',
    '  mode tcp',
    '  timeout connect 1s',
    '  timeout client 3h',
    '  timeout server 3h',
    '  option redispatch',
    '  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions',
    'listen amqp',
    `  bind 127.0.0.1:${port}`,
    '  balance leastconn',
    ...servers,
  ];
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn('haproxy', ['-db', '-q', '-f', file], { stdio: 'ignore' });
  const gone = once(child, 'exit').catch(() => undefined);
  const url = new URL(urls[0] ?? '');
  url.port = String(port);
  return {
    url: url.href,
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
