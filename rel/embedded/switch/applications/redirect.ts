// `redirect CONTACT`: sends the caller elsewhere, before the answer by 302, after it by REFER.

import type { Application } from '../calls/contract.ts';

export const redirect: Application = {
  run({ channel, args }) {
    const contact = args.trim();
    const uri = /^<.*>$|^sips?:/i.test(contact) ? contact : `sip:${contact}`;
    channel.driver.redirect?.(uri.startsWith('<') ? uri : `<${uri}>`);
    if (!channel.answered) channel.hangup('REDIRECTION_TO_NEW_DESTINATION');
    return undefined;
  },
};
