// The `callflow` document (contract/couch.md §§3-4).
import { document, type FlowNode, registerSchema, Type } from '../contract/index.ts';
import { metaflows, strings } from './shared.ts';

/** A node: the action's name, its data, and the next node by key. Checked at every depth. */
export const flowNode = Type.Unsafe<FlowNode>({
  $id: 'callflows.action',
  type: 'object',
  required: ['module', 'data'],
  properties: {
    module: { type: 'string', minLength: 1, maxLength: 64 },
    data: { type: 'object' },
    children: { type: 'object', additionalProperties: { $ref: 'callflows.action' } },
  },
});
registerSchema('callflows.action', flowNode);

/** What happens to calls to some numbers. */
export const callflow = document({
  type: 'callflow',
  schema: 'callflows',
  database: 'account',
  summary: 'What happens to calls to some numbers',
  fields: {
    featurecode: Type.Optional(
      Type.Object({
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
        number: Type.Optional(Type.String({ minLength: 1, maxLength: 30 })),
      }),
    ),
    flags: Type.Optional(strings),
    flow: Type.Optional(Type.Unsafe<FlowNode>({ $ref: 'callflows.action' })),
    metaflow: Type.Optional(metaflows),
    name: Type.Optional(Type.String()),
    numbers: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 36 }), { default: [], uniqueItems: true }),
    ),
    patterns: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { default: [] })),
    ringback: Type.Optional(
      Type.Object({
        early: Type.Optional(Type.String()),
        transfer: Type.Optional(Type.String()),
      }),
    ),
  },
});
