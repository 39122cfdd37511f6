// teletype: mails people what they are notified of.
import type { Delivery } from '../../core/amqp/index.ts';
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import type { AnyMessage } from '../../core/contract/index.ts';
import { errorText, toAppError } from '../../core/errors/index.ts';
import { notifications, notifyUpdate } from '../../core/messages/notification.ts';
import { installTemplates } from './install.ts';
import { mail } from './mailer.ts';

/** The teletype app. All of its processes share one queue, so that each mail is sent by one of them. */
export const teletype: App = { name: 'teletype', start };

async function start(context: AppContext): Promise<RunningApp> {
  const { bus, metrics, store, log } = context;
  await store.ensure('accounts', 'accounts');
  await store.ensure('webhooks', 'webhooks');
  await installTemplates(context);
  const sent = metrics.counter('mails_total', 'Notifications by what became of their mails', [
    'template',
    'status',
  ]);
  const answer = async (request: Delivery<AnyMessage>, status: string, reason?: string): Promise<void> => {
    const fields = { Status: status as 'pending', 'Failure-Message': reason };
    const deferred = status === 'pending' ? { 'Defer-Response': true } : {};
    await bus
      .reply(request, notifyUpdate, { ...fields, ...deferred })
      // Nobody may wait for it any more, and the mail matters more.
      .catch((error: unknown) => log.debug('nobody was told of a mail', { error }));
  };
  const listener = await bus.consume(
    {
      queue: 'teletype_shared_listener',
      bindings: [{ exchange: 'notifications', key: 'notifications.*.*' }],
      contracts: notifications,
      delivery: 'at_least_once',
      prefetch: 10,
    },
    async (request) => {
      const template = String(request.message['Event-Name']);
      await answer(request, 'pending');
      try {
        const status = await mail(context, request.message);
        sent.inc({ template, status });
        await answer(request, status);
      } catch (error) {
        sent.inc({ template, status: 'failed' });
        await answer(request, 'failed', errorText(error));
        // What was refused for good stands in the log of mails; what may go later is tried again.
        if (toAppError(error).retryable) throw error;
      }
    },
  );
  return { stop: () => listener.stop() };
}
