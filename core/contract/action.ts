// action(): one declaration of a callflow action gives its data type, defaults, served schema and what it does.
import { type Static, type TProperties, Type } from 'typebox';
import { AppError } from '../errors/index.ts';
import { isRecord } from './path.ts';
import { compile, type JsonSchema, registerSchema } from './validator.ts';

/**
 * What the walker does after an action (contract/callflow.md §3).
 * `next(key)`: go to that child, else to `_`, else stop. `stop`: end here (a branched flow continues), hanging up the call.
 * `branch(flow)`: run another flow, then this node's `_`. `hard_stop`: end now and hang up, whatever is on the stack.
 * `release`: end without hanging up, since something else controls the call now.
 */
export type Outcome =
  | { readonly do: 'next'; readonly key: string }
  | { readonly do: 'stop'; readonly cause?: string }
  | { readonly do: 'hard_stop' }
  | { readonly do: 'branch'; readonly flow: FlowNode }
  | { readonly do: 'release' };

/** A node of a callflow document. */
export interface FlowNode {
  readonly module: string;
  readonly data?: Record<string, unknown>;
  readonly children?: Record<string, FlowNode>;
}

/** True for what names a module; `{}` and anything else is an empty flow. Children are looked at when they are reached. */
export const isFlowNode = (value: unknown): value is FlowNode =>
  isRecord(value) && typeof value['module'] === 'string' && value['module'] !== '';

export const next = (key = '_'): Outcome => ({ do: 'next', key });
export const stop = (cause?: string): Outcome =>
  cause === undefined ? { do: 'stop' } : { do: 'stop', cause };
export const hardStop: Outcome = { do: 'hard_stop' };
export const release: Outcome = { do: 'release' };
export const branch = (flow: FlowNode): Outcome => ({ do: 'branch', flow });

export interface ActionDeclaration<N extends string, P extends TProperties, Call> {
  /** The `module` name in callflow documents; also the name of the file. */
  readonly name: N;
  readonly summary: string;
  readonly data: P;
  /** The child keys this action can take beside `_`, in words, for the reference page. */
  readonly children?: Readonly<Record<string, string>>;
  /**
   * When another process takes the call over in the middle of this action: do it again (it happens at least once), or go on
   * behind it (at most once).
   */
  readonly onResume: 'repeat' | 'skip';
  /** What it notes for its repetition, in words, for the reference page. */
  readonly notes?: string;
  readonly run: (
    call: Call,
    data: Static<ReturnType<typeof Type.Object<P>>>,
    node: FlowNode,
  ) => Promise<Outcome>;
}

export interface ActionContract<N extends string = string, Call = never> {
  readonly name: N;
  readonly summary: string;
  readonly children: Readonly<Record<string, string>>;
  readonly onResume: 'repeat' | 'skip';
  readonly notes: string | undefined;
  readonly schemaName: string;
  readonly schema: JsonSchema;
  /** Checks the node's data, fills its defaults and runs. Throws `invalid_data` when the data does not fit. */
  run(call: Call, node: FlowNode): Promise<Outcome>;
}

/** Declares a callflow action; its schema is served as `callflows.<name>`. */
export function action<const N extends string, P extends TProperties, Call>(
  declaration: ActionDeclaration<N, P, Call>,
): ActionContract<N, Call> {
  const { name, summary, data, children = {}, onResume, notes } = declaration;
  const schemaName = `callflows.${name}`;
  const body = Type.Object({ ...data, skip_module: Type.Optional(Type.Boolean()) });
  const schema = { $id: schemaName, description: summary, ...lenient(body) };
  registerSchema(schemaName, schema);
  const { $id: _, ...anonymous } = schema;
  const validator = compile(anonymous, { defaults: true });
  return {
    name,
    summary,
    children,
    onResume,
    notes,
    schemaName,
    schema,
    run: async (call, node) => {
      const copy = structuredClone(isRecord(node.data) ? node.data : {});
      const violations = validator.check(copy);
      if (violations.length > 0)
        throw new AppError('invalid_data', {
          message: `data of callflow action ${name} is wrong`,
          details: { violations },
        });
      return declaration.run(call, copy as Static<ReturnType<typeof Type.Object<P>>>, node);
    },
  };
}

/** A field with a default may be left out of a document, at every depth: the type has it, the document need not. */
function lenient(schema: unknown): Record<string, unknown> {
  if (!isRecord(schema)) return {};
  const copy: Record<string, unknown> = { ...schema };
  const { properties, required, items } = schema;
  if (isRecord(items)) copy['items'] = lenient(items);
  if (!isRecord(properties)) return copy;
  copy['properties'] = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, lenient(field)]),
  );
  if (Array.isArray(required)) {
    copy['required'] = required.filter(
      (name) => !Object.hasOwn(properties[String(name)] as object, 'default'),
    );
  }
  return copy;
}
