// The time that statistics of the call centre are about, as parameters and as fields of a question.
import { Type } from '../../../core/contract/index.ts';
import { gregorian } from '../../../core/couch/index.ts';
import { invalid, parameter, type RestRequest } from '../engine/index.ts';

const day = 86_400;

function moment(request: RestRequest, name: string): number | undefined {
  const given = parameter(request, name);
  if (given === undefined) return undefined;
  if (!/^\d{1,12}$/.test(String(given)))
    throw invalid(name, 'type', 'must be Gregorian seconds', { value: given });
  return Number(given);
}

/** `start_range`, `end_range` (Gregorian seconds; default the last day), `status`, `agent_id`, `queue_id`. */
export const statsRange = {
  parameters: {
    start_range: Type.Optional(Type.Integer({ description: 'Gregorian seconds' })),
    end_range: Type.Optional(Type.Integer({ description: 'Gregorian seconds' })),
    status: Type.Optional(Type.String()),
    agent_id: Type.Optional(Type.String()),
    queue_id: Type.Optional(Type.String()),
  },
  of: (request: RestRequest) => {
    const end = moment(request, 'end_range') ?? gregorian();
    const start = moment(request, 'start_range') ?? end - day;
    if (start > end) throw invalid('end_range', 'maximum', 'start_range is after end_range', { cause: end });
    const named = (name: string): string | undefined => {
      const value = parameter(request, name);
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const [status, agent, queue] = [named('status'), named('agent_id'), named('queue_id')];
    return {
      'Start-Range': start,
      'End-Range': end,
      ...(status !== undefined && { Status: status }),
      ...(agent !== undefined && { 'Agent-ID': agent }),
      ...(queue !== undefined && { 'Queue-ID': queue }),
    };
  },
};
