// apps_link: whether the account in the path is open to the caller, and who both are (contract/crossbar.md §6.1).
import { sessionData } from '../auth/session.ts';
import {
  accountEndpoint,
  caller,
  type DataReply,
  operation,
  type RestModule,
  type RestRequest,
} from '../engine/index.ts';

const said = "Who the caller is, and the account that is asked for; the caller's own where none is named";
const authorize = operation('account', said, describe);

export const apps_link: RestModule = {
  name: 'apps_link',
  summary: 'Whether an account is open to the caller',
  endpoints: [
    { path: '/apps_link/authorize', operations: { GET: authorize } },
    accountEndpoint('apps_link/authorize', { GET: authorize }),
  ],
};

const ofAccount = ['account_id', 'account_name', 'language', 'is_reseller', 'reseller_id'];
const ofToken = [...ofAccount, 'owner_id', 'apps'];

async function describe(request: RestRequest): Promise<DataReply> {
  const { account: own, user, method } = caller(request);
  const pick = async (keys: readonly string[], ...who: [typeof own, typeof user?]) => {
    const { is_master_account: is_master, ...data } = await sessionData(request.services, who[0], who[1]);
    const known = Object.entries(data).filter(([key]) => keys.includes(key));
    return { ...Object.fromEntries(known), is_master };
  };
  return {
    data: {
      auth_token: { ...(await pick(ofToken, own, user)), method },
      account: await pick(ofAccount, request.account ?? own),
    },
  };
}
