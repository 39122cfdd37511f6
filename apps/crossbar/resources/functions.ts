// functions: stored functions that decide about calls. They are kept and listed; nothing in the cluster runs them yet.
import { resource } from '../../../core/contract/index.ts';
import { storedFunction } from '../../../core/documents/index.ts';
import { accountEndpoint, type DataReply, operation, plain } from '../engine/index.ts';

const example = { name: 'By the hour', function_js: 'return { module: "device" };' };

/** What a stored function may look like. */
const samples: readonly object[] = [
  {
    name: 'Closed at night',
    enabled: true,
    function_js:
      "var hour = new Date().getHours(); return hour < 8 || hour >= 18 ? { module: 'voicemail', data: { action: 'compose', id: 'ID OF A BOX' } } : { module: 'user', data: { id: 'ID OF A USER' } };",
  },
  {
    name: 'Greets by name',
    enabled: true,
    function_js:
      "return { module: 'tts', data: { text: 'Thanks for calling us, ' + call['Caller-ID-Name'] } };",
  },
];

const told = (data: readonly object[]) => async (): Promise<DataReply> => ({ data });

export const functions = plain(
  resource({
    path: 'functions',
    summary: 'Stored functions',
    document: storedFunction,
    shared: 'functions',
    listing: { design: 'functions', view: 'crossbar_listing' },
    example,
  }),
  [
    {
      path: '/functions',
      // No app runs functions, and so none says what it can do for them.
      operations: { GET: operation('public', 'What functions can be used for: nothing yet', told([])) },
    },
    {
      path: '/functions/samples',
      operations: { GET: operation('public', 'Samples of functions', told(samples)) },
    },
    accountEndpoint('functions/samples', {
      GET: operation('account', 'Samples of functions', told(samples)),
    }),
  ],
);
