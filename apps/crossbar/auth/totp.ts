// One-time passwords of a user (RFC 6238): the secret, sealed; each code good once; recovery codes for a lost phone.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { toDataURL } from 'qrcode';
import type { UserDocument } from '../engine/request.ts';

/** What a user has enrolled with, as it is stored. */
export type Enrolment = NonNullable<UserDocument['pvt_totp']>;

const recoveryCodes = 10;
/** A code of the period before or after counts too: clocks differ, and people type slowly. */
const window = 1;

/** A new secret; nothing asks for it until a code has proved that the user has it. */
export function newEnrolment(systemSecret: Buffer): Enrolment {
  return { secret: seal(systemSecret, new Secret({ size: 20 }).base32), confirmed: false, last_step: 0 };
}

/** What an authenticator app is set up with. */
export interface Setup {
  readonly secret: string;
  readonly uri: string;
  /** The same as a picture, a data URI. */
  readonly qr_code: string;
}

export async function setupOf(
  systemSecret: Buffer,
  { secret }: Enrolment,
  { issuer, label }: { readonly issuer: string; readonly label: string },
): Promise<Setup> {
  const totp = totpOf(systemSecret, secret, { issuer, label });
  const uri = totp.toString();
  return { secret: totp.secret.base32, uri, qr_code: await toDataURL(uri) };
}

/**
 * The enrolment after a code was used, or undefined when the code is not good: each one, and each recovery code, is good
 * once, and no code after a later one.
 */
export function afterCode(
  systemSecret: Buffer,
  enrolment: Enrolment,
  given: string,
  now: number = Date.now(),
): Enrolment | undefined {
  const code = given.replace(/[\s-]/g, '');
  if (/^\d{6}$/.test(code)) {
    const totp = totpOf(systemSecret, enrolment.secret, {});
    const delta = totp.validate({ token: code, timestamp: now, window });
    const step = TOTP.counter({ period: totp.period, timestamp: now }) + (delta ?? 0);
    return delta === null || step <= enrolment.last_step ? undefined : { ...enrolment, last_step: step };
  }
  const digest = digestOf(systemSecret, code);
  const { recovery = [], confirmed } = enrolment;
  if (!confirmed || !recovery.includes(digest)) return undefined;
  return { ...enrolment, recovery: recovery.filter((one) => one !== digest) };
}

/** New recovery codes: what the user is shown once, and what is stored of them. */
export function newRecoveryCodes(systemSecret: Buffer): {
  readonly codes: readonly string[];
  readonly recovery: string[];
} {
  const codes = Array.from({ length: recoveryCodes }, () => new Secret({ size: 10 }).base32.toLowerCase());
  return {
    codes: codes.map((code) => code.replace(/(.{4})(?=.)/g, '$1-')),
    recovery: codes.map((code) => digestOf(systemSecret, code)),
  };
}

function totpOf(
  systemSecret: Buffer,
  sealed: string,
  names: { readonly issuer?: string; readonly label?: string },
): TOTP {
  return new TOTP({ ...names, secret: Secret.fromBase32(open(systemSecret, sealed)) });
}

const digestOf = (systemSecret: Buffer, code: string): string =>
  createHmac('sha256', systemSecret).update(`recovery ${code.toLowerCase()}`).digest('hex');

const sealingKey = (systemSecret: Buffer): Buffer =>
  createHmac('sha256', systemSecret).update('one-time passwords').digest();

/** A copy of the account's database alone must not give codes. */
function seal(systemSecret: Buffer, text: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(systemSecret), iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

function open(systemSecret: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(systemSecret), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
}
