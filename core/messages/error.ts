// The generic error answer (contract/kapi.md §1).
import { message, Type } from '../contract/index.ts';
import { maybeText, Vars } from './fields.ts';

/** Answers a request that could not be served. `Error-Code` is of our catalogue; Kazoo's apps read `Error-Message`. */
export const errorAnswer = message({
  category: 'error',
  name: 'error',
  exchange: 'targeted',
  fields: {
    ...maybeText('Error-Code Error-Message Call-ID'),
    'Error-Details': Type.Optional(Vars),
    Request: Type.Optional(Vars),
  },
});
