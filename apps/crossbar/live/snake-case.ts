// Fields of bus messages as REST spells them.
export { snakeCase } from '../../../core/messages/snake-case.ts';
