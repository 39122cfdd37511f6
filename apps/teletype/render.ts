// Puts values into templates: what Kazoo's templates use of Django is nearly Liquid.
import { Liquid } from 'liquidjs';
import { AppError, errorText } from '../../core/errors/index.ts';

// Templates come from customers: they read no files, reach no code, and end.
const bounds = {
  templates: {},
  ownPropertyOnly: true,
  parseLimit: 200_000,
  renderLimit: 1_000,
  memoryLimit: 20_000_000,
} as const;
const plain = new Liquid(bounds);
const html = new Liquid({ ...bounds, outputEscape: 'escape' });

/** The template with its values; those of HTML are escaped. Rejects with `invalid_data` for a template that is none. */
export async function render(template: string, values: object, kind: 'plain' | 'html'): Promise<string> {
  const liquid = template.replaceAll(/\{%(-?)\s*elif\b/g, '{%$1 elsif');
  try {
    return await (kind === 'html' ? html : plain).parseAndRender(liquid, values);
  } catch (cause) {
    throw new AppError('invalid_data', { message: `the template is wrong: ${errorText(cause)}`, cause });
  }
}
