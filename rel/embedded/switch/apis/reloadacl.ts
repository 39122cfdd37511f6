// `reloadacl`: the embedded switch reads its access list at the start; the command is answered as clients expect.

import type { Api } from '../calls/contract.ts';

export const reloadacl: Api = () => '+OK acl reloaded\n';
