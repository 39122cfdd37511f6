// Checks of documents before PouchDB sees them: it would throw later, or keep what CouchDB refuses.
import type { Doc } from 'pouchdb-core';
import { badRequest, CouchError, docValidation } from './errors.ts';
import { isObject } from './exchange.ts';
import { BUILT_IN } from './reduce.ts';
import { checkFunction } from './sandbox.ts';

export const REV = /^\d+-[^-"\s]+$/;
const MAX_DEPTH = 400;
const MEMBERS = new Set([
  '_id',
  '_rev',
  '_deleted',
  '_attachments',
  '_revisions',
  '_revs_info',
  '_conflicts',
  '_deleted_conflicts',
  '_local_seq',
]);
const DERIVED = ['_revs_info', '_conflicts', '_deleted_conflicts', '_local_seq'];

/** Throws CouchDB's 400 for a document that it would refuse; removes the members that it derives itself. */
export function checkDocument(doc: Doc): void {
  checkId(doc._id);
  for (const name of Object.keys(doc)) {
    if (!name.startsWith('_') || MEMBERS.has(name)) continue;
    // Members that the replicator once wrote into its own documents.
    if (name.startsWith('_replication_')) continue;
    throw docValidation(`Bad special document member: ${name}`);
  }
  if (doc._rev !== undefined && (typeof doc._rev !== 'string' || !REV.test(doc._rev)))
    throw badRequest('Invalid rev format');
  if (doc._deleted !== undefined && typeof doc._deleted !== 'boolean')
    throw docValidation('Bad special document member: _deleted');
  if (doc._deleted === false) delete doc._deleted;
  if (doc._revisions !== undefined) checkRevisions(doc._revisions);
  if (doc._attachments !== undefined) checkAttachments(doc);
  for (const name of DERIVED) delete doc[name];
  checkDepth(doc, 0);
}

export function checkId(id: string | undefined): void {
  if (id === undefined) return;
  if (typeof id !== 'string') throw new CouchError(400, 'illegal_docid', 'Document id must be a string');
  if (id === '') throw new CouchError(400, 'illegal_docid', 'Document id must not be empty');
  if (id.startsWith('_') && !/^_(design|local)\/./.test(id)) {
    const reason = 'Only reserved document ids may start with underscore.';
    throw new CouchError(400, 'illegal_docid', reason);
  }
}

function checkRevisions(revisions: unknown): void {
  const isGood =
    isObject(revisions) &&
    Number.isInteger(revisions['start']) &&
    Array.isArray(revisions['ids']) &&
    revisions['ids'].length > 0 &&
    revisions['ids'].every((id) => typeof id === 'string');
  if (!isGood) throw docValidation('Bad special document member: _revisions');
}

function checkAttachments(doc: Doc): void {
  if (!isObject(doc._attachments)) throw docValidation('Bad special document member: _attachments');
  for (const [name, attachment] of Object.entries(doc._attachments)) {
    if (name.startsWith('_'))
      throw badRequest(`Attachment name '${name}' starts with prohibited character '_'`);
    if (!isObject(attachment)) {
      delete doc._attachments[name];
      continue;
    }
    if (typeof attachment.content_type !== 'string') attachment.content_type = 'application/octet-stream';
    if (attachment.stub === true) continue;
    const { data } = attachment as { data?: unknown };
    const isBase64 = typeof data === 'string' && /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(data);
    if (!Buffer.isBuffer(data) && !isBase64) throw badRequest(`Invalid attachment data for ${name}`);
    delete attachment.follows;
  }
  if (Object.keys(doc._attachments).length === 0) delete doc._attachments;
}

/** Deeper nesting would overflow the stack in code that cannot catch it. */
function checkDepth(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return;
  if (depth > MAX_DEPTH) throw badRequest(`Document is nested deeper than ${MAX_DEPTH} levels`);
  for (const member of Object.values(value)) checkDepth(member, depth + 1);
}

const invalidDesign = (reason: string) => new CouchError(400, 'invalid_design_doc', reason);

/** Throws CouchDB's 400 for a design document whose views could not be built. */
export function checkDesignDocument(doc: Doc): void {
  const views = doc['views'];
  if (doc._deleted || views === undefined) return;
  if (!isObject(views)) throw invalidDesign('`views` field must have object type');
  const isQuery = doc['language'] === 'query';
  for (const [name, view] of Object.entries(views)) {
    if (name === 'lib') continue;
    if (!isObject(view)) throw invalidDesign(`\`views.${name}\` field must have object type`);
    const { map, reduce } = view;
    if (isQuery) continue;
    if (map === undefined) throw invalidDesign(`View \`${name}\` must contain map function`);
    if (typeof map !== 'string') throw invalidDesign(`\`views.${name}.map\` field must have string type`);
    checkFunction(map, name);
    if (reduce === undefined) continue;
    if (typeof reduce !== 'string')
      throw invalidDesign(`\`views.${name}.reduce\` field must have string type`);
    if (reduce.startsWith('_') && !BUILT_IN.includes(reduce.trim()))
      throw invalidDesign(`\`${reduce}\` is not a supported reduce function.`);
  }
}
