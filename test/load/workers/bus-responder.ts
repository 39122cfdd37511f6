// Answers requests: `bus-responder.js bare|typed URL`.
import { answerBare, answerTyped } from './authn.ts';
import { announce } from './parent.ts';

const [, , way, url = ''] = process.argv;
await (way === 'bare' ? answerBare(url) : answerTyped(url));
announce();
