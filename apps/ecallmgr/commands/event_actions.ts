// event_actions: commands that are run when something happens to the call.
import { AppError } from '../../../core/errors/index.ts';
import { actionVariable, awaited } from '../actions.ts';
import type { Vars } from '../variables.ts';
import { inside } from './queue.ts';
import { unit } from './unit.ts';

export const eventActions = unit({
  name: 'event_actions',
  run: async (call, command) => {
    const byEvent = new Map<(typeof awaited)[keyof typeof awaited], Vars[]>();
    for (const [name, actions] of Object.entries(command['Event-Actions'])) {
      const event = eventOf(name);
      const commands = Object.values(actions).map((action) => inside(command, action, ''));
      byEvent.set(event, [...(byEvent.get(event) ?? []), ...commands]);
    }
    const variables = [...byEvent].map(([event, commands]) => actionVariable(event, commands));
    await call.around.client.setVariables(call.callId, Object.assign({}, ...variables) as Vars);
    return {};
  },
});

function eventOf(name: string) {
  if (Object.hasOwn(awaited, name)) return awaited[name as keyof typeof awaited];
  throw new AppError('invalid_data', {
    message: `event_actions: ${JSON.stringify(name)} is none of ${Object.keys(awaited).join(', ')}`,
  });
}
