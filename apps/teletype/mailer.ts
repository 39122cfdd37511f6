// From a notification to a mail, and a record of what became of it.
import { randomBytes } from 'node:crypto';
import type { AppContext } from '../../core/app/index.ts';
import { gregorian, monthDatabase, monthOf, type StoredDocument } from '../../core/couch/index.ts';
import { AppError, errorText } from '../../core/errors/index.ts';
import { mailedWith } from '../../core/messages/notification.ts';
import { envelopesOf } from './envelopes.ts';
import { findTemplate } from './find-template.ts';
import { papersOf, portOf } from './ports.ts';
import { render } from './render.ts';
import { type TeletypeSettings, teletypeSettings } from './settings.ts';
import { type Mail, sendMail } from './smtp.ts';
import { type Notification, valuesOf } from './values.ts';

export type Status = 'completed' | 'disabled';

/** What lets somebody in: it stands in the mail and nowhere else. */
const secrets = ['Password', 'Password-Reset-Link', 'Account-API-Key'];

/**
 * Sends the mails of a notification. Rejects when it cannot be sent, after that was noted in the log of mails: with a
 * retryable error when it may be sent later.
 */
export async function mail(context: AppContext, told: Notification): Promise<Status> {
  const event = String(told['Event-Name']);
  const further = Object.entries(mailedWith).flatMap(([id, of]) => (of === event ? [id] : []));
  const statuses: Status[] = [];
  for (const id of isPreview(told) ? [event] : [event, ...further])
    statuses.push(await mailBy(context, told, id));
  return statuses.includes('completed') ? 'completed' : 'disabled';
}

const isPreview = (told: Notification): boolean => String(told['Preview']) === 'true';

/** Those of one template. */
async function mailBy(context: AppContext, told: Notification, id: string): Promise<Status> {
  const { store, systemConfig } = context;
  const settings = await teletypeSettings(systemConfig);
  const accountId = told['Account-ID'];
  const account =
    typeof accountId === 'string' ? await store.database('accounts').find(accountId) : undefined;
  const above = [account?._id, account?.['pvt_reseller_id']].filter((one) => typeof one === 'string');
  const template = await findTemplate(store, id, [...new Set(above)]);
  const { document } = template;
  if (document['enabled'] === false && !isPreview(told)) return 'disabled';
  const port = await portOf(store, told);
  const values = await valuesOf(context, told, port);
  const given = (key: string, otherwise: unknown): string => String(told[key] ?? otherwise ?? '');
  const body = async (key: 'Text' | 'HTML', kind: 'plain' | 'html') => {
    const source = given(key, kind === 'html' ? template.html : template.plain);
    return source === '' ? undefined : render(source, values, kind);
  };
  const [text, html] = [await body('Text', 'plain'), await body('HTML', 'html')];
  const replyTo = given('Reply-To', document['reply_to']);
  const envelopes = await envelopesOf({ store, id, document, told, values, port }, isPreview(told));
  const attachments = port && !isPreview(told) ? await papersOf(store, id, port) : [];
  const messageId = given('Msg-ID', randomBytes(16).toString('hex'));
  const composed = {
    from: given('From', document['from'] ?? settings.default_from),
    ...(replyTo !== '' && { replyTo }),
    subject: (await render(given('Subject', document['subject']), values, 'plain')).replaceAll(/\s+/g, ' '),
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
    ...(attachments.length > 0 && { attachments }),
  };
  for (const [number, { isLogged, ...named }] of envelopes.entries()) {
    const part = number === 0 ? id : `${id}.${number}`;
    const one: Mail = {
      ...composed,
      ...named,
      messageId: `<${messageId}.${part}@${hostOf(settings.default_from)}>`,
    };
    const note = (outcome: object) =>
      keep(context, isLogged ? account?._id : undefined, { id, told, mail: one, outcome });
    await send(one, settings, note);
  }
  return 'completed';
}

async function send(
  mail: Mail,
  settings: TeletypeSettings,
  note: (outcome: object) => Promise<void>,
): Promise<void> {
  try {
    if (mail.to.length === 0)
      throw new AppError('invalid_data', { message: 'nobody is named to whom the mail could go' });
    await note({ receipt: await sendMail(mail, settings) });
  } catch (error) {
    await note({ error: errorText(error) });
    throw error;
  }
}

const hostOf = (address: string): string => address.split('@')[1] ?? 'localhost';

interface Record {
  readonly id: string;
  readonly told: Notification;
  readonly mail: Mail;
  readonly outcome: object;
}

/** Keeps the mail in the month of its account. One without an account is in the log of the process alone. */
async function keep(
  { store, log }: AppContext,
  account: string | undefined,
  { id, told, mail: { text, html, ...head }, outcome }: Record,
): Promise<void> {
  log.info('a mail', { template: id, to: head.to, ...outcome });
  if (account === undefined) return;
  const now = new Date();
  const hidden = secrets.flatMap((key) => (typeof told[key] === 'string' ? [told[key] as string] : []));
  const safe = (body: string | undefined): string =>
    hidden.reduce(
      (kept, secret) => kept.replaceAll(secret, '[redacted]').replaceAll(escaped(secret), '[redacted]'),
      body ?? '',
    );
  await store
    .database(monthDatabase(account, now))
    .save({
      _id: `${monthOf(now)}-${randomBytes(16).toString('hex')}`,
      pvt_type: 'notify_smtp_log',
      pvt_account_id: account,
      pvt_created: gregorian(now),
      template_id: id,
      account_id: account,
      from: head.from,
      to: head.to,
      cc: head.cc,
      bcc: head.bcc,
      subject: safe(head.subject),
      message_id: head.messageId,
      rendered_templates: { 'text/plain': safe(text), 'text/html': safe(html) },
      ...outcome,
    } as StoredDocument)
    .catch((error: unknown) => log.error('a mail was not noted', { error, template: id }));
}

/** As it stands in HTML. */
const escaped = (value: string): string =>
  value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&#34;')
    .replaceAll("'", '&#39;');
