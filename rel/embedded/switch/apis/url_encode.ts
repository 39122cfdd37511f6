// `url_encode TEXT`: the bytes that FreeSWITCH holds for unsafe in an address as `%XX`.

import type { Api } from '../calls/contract.ts';

const SAFE = /[!$'()*,\-./\w~]/;

export const urlEncode: Api = (_core, args) =>
  [...Buffer.from(args)]
    .map((byte) => {
      const sign = String.fromCharCode(byte);
      return SAFE.test(sign) ? sign : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
