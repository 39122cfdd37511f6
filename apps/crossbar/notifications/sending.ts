// Mails that are asked for over REST: a preview of a template, and news for the accounts below.
import { type Static, Type } from '../../../core/contract/index.ts';
import { AppError } from '../../../core/errors/index.ts';
import { customerUpdate, mailedWith, notifications } from '../../../core/messages/notification.ts';
import { sampleFields } from '../../../core/messages/samples.ts';
import {
  type DataReply,
  invalid,
  missing,
  pathParameter,
  type RestRequest,
  targetAccount,
} from '../engine/index.ts';
import { templateParameter } from './templates.ts';

const address = Type.String({ pattern: '^[^\\s@<>]+@[^\\s@<>]+$' });

export const previewBody = Type.Object({
  to: Type.Object({ email_addresses: Type.Array(address, { minItems: 1 }) }),
  from: Type.Optional(address),
  reply_to: Type.Optional(address),
  subject: Type.Optional(Type.String({ maxLength: 200 })),
  html: Type.Optional(Type.String()),
  plain: Type.Optional(Type.String()),
});

const longest = 30_000;

/** Sends the template with made-up values to one address, and says whether the mail went. */
export async function preview(request: RestRequest<Static<typeof previewBody>>): Promise<DataReply> {
  const id = pathParameter(request, templateParameter);
  const contract = notifications.find(({ names }) => names.includes(mailedWith[id] ?? id));
  if (!contract) throw missing(id);
  const { to, from, reply_to, subject, html, plain } = request.data;
  const { Bcc: _, Cc: __, ...sample } = sampleFields(contract);
  const answer: Readonly<Record<string, unknown>> = await request.services.bus.request(
    contract,
    {
      ...sample,
      'Account-ID': request.account?._id,
      Preview: true,
      To: to.email_addresses[0],
      From: from,
      'Reply-To': reply_to,
      Subject: subject,
      HTML: html,
      Text: plain,
    },
    { timeout: longest },
  );
  const { Status: status, 'Failure-Message': reason } = answer;
  if (status !== 'completed')
    throw new AppError('bad_gateway', { message: String(reason ?? `the mail is ${status}`) });
  return { data: { status } };
}

export const newsBody = Type.Object({
  recipient_id: Type.Optional(Type.String({ pattern: '^[0-9a-f]{32}$' })),
  from: Type.Optional(address),
  reply_to: Type.Optional(address),
  subject: Type.Optional(Type.String({ maxLength: 200 })),
  html: Type.Optional(Type.String()),
  plain: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
});

/** Has the administrators of one account below, or of all, told something. Rejects with `nobody_listens` without a mailer. */
export async function tellCustomers(request: RestRequest<Static<typeof newsBody>>): Promise<DataReply> {
  const { store, bus } = request.services;
  const { _id: account } = targetAccount(request);
  const rows = await store
    .database('accounts')
    .view('accounts', 'listing_by_descendants', { startKey: [account], endKey: [account, {}] });
  const { recipient_id, from, reply_to, subject, html, plain, message } = request.data;
  const recipients = rows
    .map(({ id }) => id)
    .filter((id) => recipient_id === undefined || id === recipient_id);
  if (recipient_id !== undefined && recipients.length === 0)
    throw invalid('recipient_id', 'not_found', 'is no account below this one', { value: recipient_id });
  for (const recipient of recipients)
    await bus.publish(
      customerUpdate,
      {
        'Account-ID': account,
        'Recipient-ID': recipient,
        From: from,
        'Reply-To': reply_to,
        Subject: subject,
        HTML: html,
        Text: plain,
        DataBag: { message: message ?? '' },
      },
      { durable: true, mandatory: true },
    );
  return { data: { recipients: recipients.length } };
}
