// Doctor: every broker by itself, whichever of them the processes use.
import { probeBroker } from '../../../core/amqp/index.ts';
import { type Check, type Finding, failed, ok, warning } from './check.ts';

export const brokers: Check = {
  name: 'broker',
  run: async (cli) => {
    const { urls } = cli.settings().bus;
    if (urls.length === 0)
      return [
        failed(
          'broker',
          'no zone runs here and bus.urls is not set',
          'start a zone (npm start), or name its settings with --config',
        ),
      ];
    const states = await Promise.all(urls.map((url) => probeBroker(url)));
    const someUp = states.some(({ up }) => up);
    return states.map(({ url, up, detail }): Finding => {
      const what = `broker ${url}`;
      if (up) return ok(what, detail);
      const advice =
        'start it (systemctl start rabbitmq-server), or look at its address and password in bus.urls';
      return (someUp ? warning : failed)(what, detail, advice);
    });
  },
};
