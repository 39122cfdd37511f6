// What all operations share: envelopes, errors, parameters of lists (contract/crossbar.md §§1-3).
import { reference } from './components.ts';

type Json = Record<string, unknown>;

const text = (description: string): Json => ({ type: 'string', description });
const whole = (description: string): Json => ({ type: 'integer', description });

const common: Json = {
  auth_token: text('The token that was used, or a new one'),
  request_id: text('Names this request in the logs'),
  node: text('Which server answered'),
  timestamp: { type: 'string', format: 'date-time' },
  version: text('Of the server'),
};

/** Schemas of the envelopes. */
export const envelopes: Json = {
  Success: {
    type: 'object',
    required: ['data', 'status', 'request_id', 'node', 'timestamp'],
    properties: { data: {}, status: { const: 'success' }, revision: text('Of the document'), ...common },
  },
  List: {
    type: 'object',
    required: ['data', 'status', 'request_id', 'node', 'timestamp'],
    properties: {
      data: { type: 'array', items: {} },
      status: { const: 'success' },
      page_size: whole('Rows of this page'),
      start_key: text('Where this page began'),
      next_start_key: text('Where the next page begins; absent on the last one'),
      ...common,
    },
  },
  Error: {
    type: 'object',
    required: ['data', 'status', 'message', 'error', 'request_id', 'node', 'timestamp'],
    properties: {
      data: { description: 'What is wrong; of a validation error by the path of the field and the code' },
      status: { const: 'error' },
      message: text('The code of the error'),
      error: text('The HTTP status'),
      ...common,
    },
  },
  ValidationError: {
    allOf: [
      reference('Error'),
      {
        type: 'object',
        properties: {
          data: {
            type: 'object',
            description: 'By dotted path, then by code',
            additionalProperties: { type: 'object', additionalProperties: reference('Violation') },
          },
        },
      },
    ],
  },
  Violation: {
    type: 'object',
    properties: { message: { type: 'string' }, value: {}, target: {}, cause: {} },
  },
  Stored: {
    type: 'object',
    required: ['id'],
    properties: { id: text('32 hexadecimal digits'), _read_only: { type: 'object' } },
  },
  Row: { type: 'object', description: 'The summary of a document', properties: { id: { type: 'string' } } },
};

const query = (name: string, schema: Json): Json => ({ name, in: 'query', schema });
const moment = (description: string): Json => ({
  type: 'integer',
  description: `${description}, in Gregorian seconds`,
});
const dotted = (description: string): Json => text(`${description} this dotted path`);

/** Parameters of lists, and `fields`, which single documents take too. */
export const parameters: Readonly<Record<string, Json>> = {
  page_size: query('page_size', { type: 'integer', minimum: 1, default: 50 }),
  start_key: query('start_key', text('`next_start_key` of the page before')),
  end_key: query('end_key', text('Where the list ends')),
  paginate: query('paginate', { type: 'boolean', default: true, description: '`false`: all rows' }),
  ascending: query('ascending', { type: 'boolean', default: false }),
  created_from: query('created_from', moment('Created not before')),
  created_to: query('created_to', moment('Created not after')),
  modified_from: query('modified_from', moment('Changed not before')),
  modified_to: query('modified_to', moment('Changed not after')),
  has_key: query('has_key', dotted('Only documents that have')),
  key_missing: query('key_missing', dotted('Only documents that do not have')),
  has_value: query('has_value', dotted('Only documents with a value at')),
  value_missing: query('value_missing', dotted('Only documents with no value at')),
  filter: {
    name: 'filter',
    in: 'query',
    description:
      'By `filter_<dotted path>=value`, and its opposite `filter_not_<dotted path>=value`; a JSON list stands for any of its elements',
    style: 'form',
    explode: true,
    schema: { type: 'object', additionalProperties: { type: 'string' } },
  },
  is_chunked: query('is_chunked', {
    type: 'boolean',
    default: false,
    description: 'In chunks, with text behind the rows',
  }),
  chunk_size: query('chunk_size', { type: 'integer', minimum: 1, maximum: 50, default: 50 }),
  accept: query('accept', { enum: ['csv', 'pdf'], description: 'The list as a file' }),
  file_name: query('file_name', text('Of that file')),
  fields: query('fields', text('Nothing but these dotted paths, between commas')),
};

const failure = (description: string, schema = 'Error'): Json => ({
  description,
  content: { 'application/json': { schema: reference(schema) } },
});

/** Answers that are no success. */
export const responses: Readonly<Record<string, Json>> = {
  NotModified: { description: 'The client has it already' },
  Invalid: failure('The request is not valid', 'ValidationError'),
  Unauthorized: failure('The token is missing, expired, or of somebody who is gone'),
  Forbidden: failure('The token does not reach so far'),
  NotFound: failure('There is no such thing, or it is not yours'),
  Conflict: failure('Somebody else changed it meanwhile, or it is there already'),
  Precondition: failure('It is at another revision than `If-Match` says'),
  Failure: failure('Any other error'),
};
