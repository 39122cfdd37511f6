// What others may import of core/contract: the four constructors and the types derived from them.
export {
  type Static,
  type TOptional,
  type TProperties,
  type TSchema,
  type TString,
  type TUnknown,
  Type,
} from 'typebox';
export * from './action.ts';
export { coerce } from './coerce.ts';
export * from './document.ts';
export * from './message.ts';
export * from './path.ts';
export * from './resource.ts';
export {
  compile,
  findSchema,
  type JsonSchema,
  registerSchema,
  type Validator,
  type Violation,
} from './validator.ts';
