// Hands a mail to the mail server of the cluster.
import { createTransport } from 'nodemailer';
import { AppError, errorText } from '../../core/errors/index.ts';
import type { TeletypeSettings } from './settings.ts';

/** A file that goes with a mail. */
export interface Attached {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

export interface Mail {
  readonly messageId: string;
  readonly from: string;
  readonly replyTo?: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly attachments?: readonly Attached[];
}

/**
 * The server's receipt. Rejects with `invalid_config` when no server is configured, `bad_gateway` (retryable) when it
 * is away or busy, `invalid_data` when it refuses the mail for good.
 */
export async function sendMail(mail: Mail, settings: TeletypeSettings): Promise<string> {
  const { smtp_relay, smtp_port, smtp_username, smtp_password, smtp_tls, timeout_ms } = settings;
  if (smtp_relay === '')
    throw new AppError('invalid_config', {
      message: 'no mail server is configured: set teletype.smtp_relay',
    });
  const transport = createTransport({
    host: smtp_relay,
    port: smtp_port,
    secure: smtp_tls,
    ...(smtp_username !== '' && { auth: { user: smtp_username, pass: smtp_password } }),
    connectionTimeout: timeout_ms,
    greetingTimeout: timeout_ms,
    socketTimeout: timeout_ms,
    // A template must not send what stands on the disk of this machine, or on a web server.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { attachments = [], ...message } = mail;
    const { response } = await transport.sendMail({
      ...message,
      attachments: [...attachments],
      to: [...mail.to],
      cc: [...mail.cc],
      bcc: [...mail.bcc],
    });
    return response;
  } catch (cause) {
    const { responseCode } = cause as { readonly responseCode?: number };
    const isFinal = responseCode !== undefined && responseCode >= 500;
    throw new AppError(isFinal ? 'invalid_data' : 'bad_gateway', {
      message: `the mail server ${isFinal ? 'refused the mail' : 'did not take the mail'}: ${errorText(cause)}`,
      cause,
    });
  } finally {
    transport.close();
  }
}
