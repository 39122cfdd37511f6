// What a client is told when it has logged in (contract/crossbar.md §5).
import type { AccountDocument, Services, UserDocument } from '../engine/request.ts';

/** The `data` of a successful login. */
export function sessionData(
  { secrets }: Services,
  account: AccountDocument,
  user: UserDocument | undefined,
): Record<string, unknown> {
  const isMaster = account.pvt_superduper_admin === true;
  return {
    account_id: account._id,
    ...(user && { owner_id: user._id }),
    account_name: account.name,
    language: user?.language ?? account.language ?? 'en-us',
    is_reseller: account.pvt_reseller === true || isMaster,
    reseller_id: account.pvt_reseller_id ?? account.pvt_tree?.at(-1) ?? account._id,
    is_master_account: isMaster,
    cluster_id: secrets.keyId,
    apps: [],
    capabilities: { voicemail: { transcription: { available: false, default: false } } },
    ui_config: { api: {} },
  };
}
