// presence.dialog.ID, presence.mwi_updates.ID, presence.update.ID: lamps of the phones of an account.
import { segment } from '../../../core/contract/index.ts';
import { presenceKinds } from '../../../core/websockets/index.ts';
import { chosen, type Family, ofRealm, type Told } from './binding.ts';

export const presence: Family = async ([kind, ...rest], { realm }) => {
  const kinds = chosen(kind, presenceKinds);
  const id = rest.join('.');
  if (kinds.length === 0 || id === '' || realm === undefined) return undefined;
  return {
    audience: ofRealm(realm),
    topics: kinds.map((name) => ({ exchange: 'presence', key: `${name}.${segment(realm)}.#` })),
    ...(id !== '*' && { wants: (message) => isAbout(message, id) }),
  };
};

/** Whether a message is about this presence id, with or without its realm. */
function isAbout(message: Told, id: string): boolean {
  const who = String(message['Presence-ID'] ?? message['To'] ?? '').replace(/^sips?:/, '');
  return who === id || who.split('@')[0] === id;
}
