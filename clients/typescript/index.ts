// The typed client of the REST API.
export { type Answer, ApiError, Client, type ClientOptions, type RequestOf } from './client.ts';
export type * from './operations.ts';
