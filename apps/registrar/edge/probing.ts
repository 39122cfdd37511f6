// Keeps asking the media servers whether they live, and picks a living one for a call.
import type { Logger } from '../../../core/log/index.ts';
import type { Dispatcher, MediaServer } from './dispatcher.ts';
import type { EdgeOptions } from './options.ts';

export interface ProbingOptions {
  readonly dispatcher: Dispatcher;
  readonly probe: (uri: string, timeout: number) => Promise<number | undefined>;
  readonly options: () => EdgeOptions['dispatcher'];
  readonly log: Logger;
}

export interface Probing {
  /** Asks a server that has just become known. */
  welcome(server: MediaServer): void;
  /**
   * A server for this call. One that has been silent for a moment is asked first when there is another choice:
   * a call that was passed to a dead one cannot be taken back (a proxy over drachtio retries every failure or none).
   */
  choose(callId: string, tried?: readonly MediaServer[]): Promise<MediaServer | undefined>;
  /** Asks a server that has not answered a call. True when it does not answer this either. */
  isLost(server: MediaServer): Promise<boolean>;
  stop(): void;
}

export function startProbing({ dispatcher, probe, options, log }: ProbingOptions): Probing {
  const asking = new Map<MediaServer, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const ask = (server: MediaServer, timeout: number): Promise<void> => {
    const running = asking.get(server);
    if (running !== undefined) return running;
    const asked = probe(`sip:${server.address};transport=udp`, timeout).then((status) => {
      asking.delete(server);
      const before = server.up;
      dispatcher.note(server, status);
      if (before !== server.up)
        log[server.up ? 'info' : 'warn'](
          server.up ? 'media server takes calls' : 'media server takes no calls',
          {
            node: server.node,
            address: server.address,
            status,
          },
        );
    });
    asking.set(server, asked);
    return asked;
  };
  const round = async (): Promise<void> => {
    for (const { node, address } of dispatcher.expire())
      log.warn('media server is not announced any more', { node, address });
    const { probe_timeout, probe_every } = options();
    await Promise.all(dispatcher.servers.map((server) => ask(server, probe_timeout * 1000)));
    if (!stopped) timer = setTimeout(() => void round(), probe_every * 1000);
  };
  timer = setTimeout(() => void round(), options().probe_every * 1000);
  return {
    welcome: (server) => void ask(server, options().probe_timeout * 1000),
    choose: async (callId, tried = []) => {
      const candidates = dispatcher.candidates(callId).filter((server) => !tried.includes(server));
      if (candidates.length < 2) return candidates[0];
      const { fresh, probe_timeout } = options();
      for (const server of candidates) {
        if (Date.now() - server.heard < fresh * 1000) return server;
        const failures = server.failures;
        await ask(server, Math.min(500, probe_timeout * 1000));
        if (server.up && server.failures <= failures) return server;
      }
      return undefined;
    },
    isLost: async (server) => {
      const failures = server.failures;
      await ask(server, options().probe_timeout * 1000);
      return server.failures > failures;
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
