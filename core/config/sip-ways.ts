// The ways to the SIP edge beside UDP and TCP, and the certificate for those by TLS.
import { AppError } from '../errors/index.ts';
import type { Settings } from './settings.ts';

/** Its PEM files; undefined when nothing needs them. Throws `invalid_config` when a port for TLS has none. */
export function certificateOf(
  sip: Settings['sip'],
): { readonly certificate: string; readonly key: string } | undefined {
  const { tls, wss, certificate, key } = sip;
  if (tls === 0 && wss === 0) return undefined;
  if (certificate !== '' && key !== '') return { certificate, key };
  const message = `sip.${tls > 0 ? 'tls' : 'wss'} needs sip.certificate and sip.key`;
  throw new AppError('invalid_config', { message });
}

/** Those that have a port. */
export const furtherWays = (
  sip: Settings['sip'],
): { readonly protocol: 'tls' | 'ws' | 'wss'; readonly port: number }[] =>
  (['tls', 'ws', 'wss'] as const)
    .map((protocol) => ({ protocol, port: sip[protocol] }))
    .filter(({ port }) => port > 0);
