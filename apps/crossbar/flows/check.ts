// Checks a flow against what the actions of this cluster declare about their data (`callflows.<module>` of system_schemas).
import { coerce, type FlowNode, isRecord, type Violation } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import type { Services } from '../engine/index.ts';
import { findValidator } from '../live/schemas.ts';

/**
 * Throws `invalid_data` with the path of every field that does not fit, after turning strings into the numbers and
 * booleans that are wanted. Modules that nobody serves here are accepted: another app may come to serve them.
 */
export async function checkFlow(services: Services, flow: FlowNode): Promise<void> {
  const violations = await violationsOf(services, flow, 'flow');
  if (violations.length > 0) throw new AppError('invalid_data', { details: { violations } });
}

async function violationsOf(services: Services, node: FlowNode, path: string): Promise<Violation[]> {
  const found: Violation[] = [];
  const validator = await findValidator(services, `callflows.${node.module}`);
  if (validator && isRecord(node.data)) {
    coerce(node.data, validator.check(node.data));
    for (const violation of validator.check(node.data))
      found.push({ ...violation, path: [path, 'data', violation.path].filter(Boolean).join('.') });
  }
  for (const [key, child] of Object.entries(node.children ?? {})) {
    const below = `${path}.children.${key.replaceAll('.', '%2E')}`;
    found.push(...(await violationsOf(services, child, below)));
  }
  return found;
}
