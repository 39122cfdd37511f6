// Header fields that mean something inside of this cluster only (contract/kamailio.md §6).

/** Fields that nobody outside may set. Other X-FS-… fields are sent by every FreeSWITCH and do no harm. */
export function isReserved(name: string): boolean {
  return /^x-(auth|kazoo|ecallmgr|fs-core-uuid|redirect-server)/.test(name);
}

/** Fields that do not cross the edge in either direction where it can help it. */
export function isInner(name: string): boolean {
  return isReserved(name) || name.startsWith('x-fs-');
}
