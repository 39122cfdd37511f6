// `xml_flush_cache`: the embedded switch has no XML cache; the command is answered as clients expect.

import type { Api } from '../calls/contract.ts';

export const xmlFlushCache: Api = () => '+OK cleared 0 entries\n';
