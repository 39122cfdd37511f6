// media_mgr: tells switches where media is to be streamed from, streams it, and keeps the recordings of calls.
import { randomBytes } from 'node:crypto';
import type { Delivery } from '../../core/amqp/index.ts';
import type { App, AppContext, RunningApp } from '../../core/app/index.ts';
import { getAt, isRecord } from '../../core/contract/index.ts';
import type { StoredDocument } from '../../core/couch/index.ts';
import { hasCode, toAppError } from '../../core/errors/index.ts';
import { mediaError, mediaReq, mediaResp } from '../../core/messages/media.ts';
import { findSound } from './find.ts';
import { type MediaRequest, parseMediaName } from './names.ts';
import { importPrompts } from './prompts/import.ts';
import { keepRecordings } from './recordings.ts';
import { startMediaServer } from './server.ts';
import { mediaPath, type UrlMaker } from './urls.ts';

/** The media_mgr app. */
export const media_mgr: App = { name: 'media_mgr', start };

async function start(context: AppContext): Promise<RunningApp> {
  const { bus, store, settings, log, metrics } = context;
  const secret = await urlSecret(context);
  await importPrompts(store, log);
  const server = await startMediaServer({ ...settings.media, secret, store, log, metrics });
  // Any instance serves what another one has signed: behind a balancer a URL outlives the instance that made it.
  const base = settings.media.url || `http://${settings.media.host}:${server.port}`;
  const requests = await bus.consume(
    {
      queue: 'media_mgr_listener',
      bindings: [{ exchange: 'kapps', key: 'media_req' }],
      contracts: [mediaReq],
    },
    (request) => answer(context, { base, secret }, request),
  );
  const recordings = await keepRecordings(context, { base, secret });
  return {
    stop: async () => {
      await Promise.all([requests.stop(), recordings.stop()]);
      await server.stop();
    },
  };
}

/** The key of the signatures, shared by all instances: the first one to start makes it. */
async function urlSecret({ store }: AppContext): Promise<string> {
  const database = store.database('system_config');
  const read = (document: StoredDocument | undefined): string | undefined => {
    const secret = getAt(document?.['default'], 'url_secret');
    return typeof secret === 'string' && secret !== '' ? secret : undefined;
  };
  for (let tries = 0; ; tries += 1) {
    const document = await database.find('media', { fresh: true });
    const known = read(document);
    if (known !== undefined) return known;
    const url_secret = randomBytes(32).toString('base64url');
    const section = isRecord(document?.['default']) ? document['default'] : {};
    try {
      // By the revision that was looked at: of two that begin together one must see the secret of the other.
      await database.save({
        ...(document ?? { _id: 'media', pvt_type: 'config' }),
        default: { ...section, url_secret },
      });
      return url_secret;
    } catch (error) {
      if (!hasCode(error, 'datastore_conflict') || tries > 5) throw error;
    }
  }
}

async function answer(
  context: AppContext,
  urls: UrlMaker,
  request: Delivery<typeof mediaReq>,
): Promise<void> {
  const { message } = request;
  const name = message['Media-Name'];
  const refuse = (code: 'not_found' | 'no_data' | 'other', why: string): Promise<void> => {
    context.log.info('no such media', { media: name, reason: why });
    return context.bus.reply(request, mediaError, {
      'Media-Name': name,
      'Error-Code': code,
      'Error-Msg': why,
    });
  };
  let wanted: MediaRequest;
  try {
    wanted = parseMediaName(name);
  } catch (error) {
    return refuse('not_found', toAppError(error).message);
  }
  if (wanted.kind === 'store') {
    // A new version each time: two recordings into one document must not share a URL.
    const path = mediaPath(urls.secret, { ...wanted, use: 'store', version: randomBytes(8).toString('hex') });
    return context.bus.reply(request, mediaResp, { 'Media-Name': name, 'Stream-URL': urls.base + path });
  }
  const defaultLanguage = await context.systemConfig.get('media', 'default_language', 'en-us');
  const found = await findSound(wanted, {
    store: context.store,
    language: message.Language,
    defaultLanguage,
  });
  if ('missing' in found)
    return refuse(
      found.missing,
      found.missing === 'no_data' ? 'the document has no sound' : 'there is no such media',
    );
  return context.bus.reply(request, mediaResp, {
    'Media-Name': name,
    'Stream-URL': urls.base + mediaPath(urls.secret, { use: 'single', ...found }),
  });
}
