// Doctor: where phones and browsers come in: the edge answers OPTIONS, the REST API answers at all.
import { errorText } from '../../../core/errors/index.ts';
import { sipOptions } from '../sip-options.ts';
import { type Check, failed, ok } from './check.ts';

export const edge: Check = {
  name: 'edge',
  run: async (cli) => {
    const { edge: wanted, sip } = cli.settings();
    if (wanted.kind === 'none') return [ok('edge', 'none is wanted in this zone')];
    const [, host = sip.host, port = String(sip.port)] = /^(.+):(\d+)$/.exec(sip.advertise) ?? [];
    const what = `edge ${host}:${port}`;
    const answer = await sipOptions({ host, port: Number(port) });
    return [
      answer === undefined
        ? failed(
            what,
            'no answer to OPTIONS over UDP',
            wanted.kind === 'kamailio'
              ? 'start Kamailio (rel/kamailio/README.md), or look at sip.host and sip.port'
              : 'mirliton start --apps edge, or look at sip.host and sip.port',
          )
        : ok(what, `answers OPTIONS: ${answer}`),
    ];
  },
};

export const rest: Check = {
  name: 'REST API',
  run: async (cli) => {
    const { host, port } = cli.settings().rest;
    const url = `http://${host}:${port}/v2/about`;
    try {
      const { status } = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      // Whoever asks has not signed in: any answer of crossbar will do.
      if (status < 500) return [ok('REST API', `${url} answers`)];
      return [failed('REST API', `${url} answers ${status}`, 'look at the log of crossbar')];
    } catch (error) {
      const { cause } = error as { cause?: unknown };
      return [failed('REST API', `${url}: ${errorText(cause ?? error)}`, 'mirliton start --apps crossbar')];
    }
  },
};
