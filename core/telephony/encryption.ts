// How the media of a phone or a carrier are to be encrypted, as Custom-Channel-Vars (contract/kapi.md, kapi_authn).
import { isRecord } from '../contract/index.ts';

/** From `media.encryption` of a document: the methods count when security is enforced. */
export function encryptionVars(encryption: unknown): Readonly<Record<string, string>> {
  if (!isRecord(encryption) || encryption['enforce_security'] !== true) return {};
  const { methods } = encryption;
  const has = (method: string): boolean => Array.isArray(methods) && methods.includes(method);
  return {
    ...(has('srtp') ? { 'RTP-Secure-Media': 'true' } : {}),
    ...(has('zrtp') ? { 'ZRTP-Secure-Media': 'true', 'ZRTP-Enrollment': 'true' } : {}),
  };
}
