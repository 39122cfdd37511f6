// What resources and the app use of the engine.
export { findAccount, getAccount } from './accounts.ts';
export { deleted, documentId, idParameter } from './acts.ts';
export { reaches } from './authorize.ts';
export { collectionEndpoint } from './collection.ts';
export * from './documents.ts';
export * from './endpoint.ts';
export { numberError } from './envelope.ts';
export { exclusive, onNewest } from './exclusive.ts';
export * from './files.ts';
export { type Filter, filterOf } from './filters.ts';
export * from './list.ts';
export { magicPath } from './magic.ts';
export * from './months.ts';
export type { Cursor, PageQuery, Range } from './paging.ts';
export { endpointsOf, plain, plainEndpoints } from './plain.ts';
export * from './request.ts';
export { type RestServer, startServer } from './server.ts';
export { changeSingle, type Place, readSingle, type SingleDocument, single } from './single.ts';
