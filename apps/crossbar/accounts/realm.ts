// Realms are host names: one with a dot at the end is the same as the one without.

/** The realm as it is stored. */
export const normalRealm = (realm: string): string => realm.replace(/\.+$/, '');
