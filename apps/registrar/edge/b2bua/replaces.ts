// `Replaces` names a dialog by the tags of one side; on the other side the same call has other tags (RFC 3891).
import type { RawDialog } from '../drachtio.ts';

/** The two dialogs of a call that the edge stands between. */
export interface Pair {
  readonly caller: RawDialog;
  readonly callee: RawDialog;
}

/** The value as the other side knows the dialog; unchanged when the dialog is none of ours. */
export function replacesBeyond(value: string, pairs: Iterable<Pair>): string {
  const [callId = '', ...params] = value.split(';').map((part) => part.trim());
  const tag = (name: string): string | undefined =>
    params.find((param) => param.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const [to, from] = [tag('to-tag'), tag('from-tag')];
  for (const { caller, callee } of pairs) {
    for (const [named, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      const { sip } = named;
      if (sip.callId !== callId) continue;
      const { localTag, remoteTag, callId: id } = other.sip;
      const others = params.filter((param) => !/^(to|from)-tag=/i.test(param));
      // Whoever is to be replaced is beyond us: what we are to the phone, the far end is to us.
      if (to === sip.localTag && from === sip.remoteTag)
        return [id, `to-tag=${remoteTag}`, `from-tag=${localTag}`, ...others].join(';');
      if (to === sip.remoteTag && from === sip.localTag)
        return [id, `to-tag=${localTag}`, `from-tag=${remoteTag}`, ...others].join(';');
    }
  }
  return value;
}

/** The same for the `Replaces` that a Refer-To carries in its URI. */
export function referToBeyond(field: string, pairs: Iterable<Pair>): string {
  return field.replace(/([?&]Replaces=)([^&>]*)/i, (whole, name: string, value: string) => {
    try {
      return `${name}${encodeURIComponent(replacesBeyond(decodeURIComponent(value), pairs))}`;
    } catch {
      // Not written as a URI: whoever is asked to refer will say so.
      return whole;
    }
  });
}
