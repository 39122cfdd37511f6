// What an operator's tools read of a process: `/metrics` (Prometheus text) and `/health` (JSON, 200 or 503).
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { AppError, errorText } from '../errors/index.ts';

/** Whether an app can do its work now, and if not, why. */
export interface Health {
  readonly ok: boolean;
  readonly detail?: string;
}

export interface ServeMetricsOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly registry: Registry;
  /** By app. An app that throws here is not well. */
  readonly health: () => Readonly<Record<string, Health>>;
}

export interface MetricsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts serving. Rejects with `invalid_config` when the port cannot be had. */
export async function serveMetrics(options: ServeMetricsOptions): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      send(response, 500, 'text/plain', errorText(error));
    });
  });
  // Slow or silent clients are not ours to wait for.
  server.requestTimeout = 10_000;
  server.listen(options.port, options.host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new AppError('invalid_config', {
      message: `metrics.host and metrics.port: cannot listen on ${options.host}:${options.port} (${errorText(cause)})`,
      cause,
    });
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { registry, health }: ServeMetricsOptions,
): Promise<void> {
  request.resume();
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response, 405, 'text/plain', 'only GET and HEAD');
    return;
  }
  const path = (request.url ?? '').split('?')[0];
  if (path === '/metrics') send(response, 200, registry.contentType, await registry.metrics());
  else if (path === '/health') {
    const apps = healthOf(health);
    const ok = Object.values(apps).every((app) => app.ok);
    send(response, ok ? 200 : 503, 'application/json', JSON.stringify({ ok, apps }));
  } else send(response, 404, 'text/plain', 'try /metrics or /health');
}

function healthOf(health: ServeMetricsOptions['health']): Readonly<Record<string, Health>> {
  try {
    return health();
  } catch (error) {
    return { process: { ok: false, detail: errorText(error) } };
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  // Node leaves the body out of the answer to a HEAD.
  response.end(body);
}
