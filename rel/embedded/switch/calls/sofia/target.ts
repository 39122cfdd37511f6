// Reads what stands behind `sofia/PROFILE/` in a dial string.

import { formatUri, parseUri, type SipUri } from '../../../sip/stack/index.ts';

export interface SofiaTarget {
  profile: string;
  uri: SipUri;
  /** Where to send, when it is not the URI itself (`fs_path`). */
  path: string | undefined;
  /** `user@host` as channels are named. */
  name: string;
}

/** Undefined when it cannot be read as a SIP address. */
export function parseTarget(destination: string): SofiaTarget | undefined {
  const [, profile, address = ''] = /^([^/]+)\/(.+)$/s.exec(destination) ?? [];
  if (!profile) return undefined;
  try {
    const uri = parseUri(/^sips?:/i.test(address) ? address : `sip:${address}`);
    const path = uri.params.get('fs_path');
    uri.params.delete('fs_path');
    const { params: _all, ...bare } = uri;
    const name = formatUri({ ...bare, params: new Map() }).replace(/^sips?:/, '');
    return { profile, uri, path: path === undefined ? undefined : readPath(path), name };
  } catch {
    return undefined;
  }
}

/** `fs_path=sip%3A10.0.0.1%3Btransport%3Dtcp` and `fs_path=<sip:10.0.0.1;lr>` mean the same. */
function readPath(path: string): string {
  const decoded = decodeURIComponent(path).replace(/^<|>$/g, '');
  return /^sips?:/i.test(decoded) ? decoded : `sip:${decoded}`;
}
