// Runs one application on a channel, between CHANNEL_EXECUTE and CHANNEL_EXECUTE_COMPLETE.

import { randomUUID } from 'node:crypto';
import type { Channel } from './channel.ts';
import { expand } from './expand.ts';

/** One application to run, from the dialplan or from a client. */
export interface Step {
  name: string;
  args: string;
  /** Application-UUID of its events; one is made up when absent. */
  uuid?: string | undefined;
  uuidName?: string | undefined;
}

/** `leave` resolves when everything that was started within this application has completed. Never rejects. */
export async function runApplication(
  channel: Channel,
  step: Step,
  signal: AbortSignal,
  leave: () => Promise<void>,
): Promise<void> {
  const { core } = channel;
  const application = core.applications.get(step.name);
  if (!application) {
    core.log.warn('no such application', { uuid: channel.uuid, application: step.name });
    channel.hangup('DESTINATION_OUT_OF_ORDER');
    return leave();
  }
  const args = await expand(core, channel, step.args);
  const fields: [string, string][] = [
    ['Application', step.name],
    ['Application-UUID', step.uuid ?? randomUUID()],
  ];
  if (args) fields.push(['Application-Data', args]);
  if (step.uuidName) fields.push(['Application-UUID-Name', step.uuidName]);
  channel.set('current_application', step.name);
  channel.set('current_application_data', args);
  channel.publish('CHANNEL_EXECUTE', fields);
  let response: string | undefined;
  try {
    if (application.media && !channel.answered && !channel.early) await channel.driver.progress();
    response = await application.run({ core, channel, args, signal });
  } catch (error) {
    response = `ERROR ${error instanceof Error ? error.message : String(error)}`;
    core.log.warn('application failed', { uuid: channel.uuid, application: step.name, error });
  }
  await leave();
  channel.set('current_application_response', response);
  channel.publish('CHANNEL_EXECUTE_COMPLETE', [...fields, ['Application-Response', response ?? '_none_']]);
}
