// Faxes on the bus (contract/kapi.md, kapi_fax).
import { message, segment } from '../contract/index.ts';
import { Any, Count, maybeText, some, text } from './fields.ts';

/** How far a fax has come. */
export const faxStatus = message({
  category: 'fax',
  name: 'status',
  exchange: 'faxes',
  key: (m) => `fax.status.${segment(m['Account-ID'] ?? '')}.${segment(m['Job-ID'])}`,
  fields: {
    ...text('Job-ID'),
    ...maybeText(
      'Account-ID Callee-ID-Name Callee-ID-Number Caller-ID-Name Caller-ID-Number Cloud-Job-ID Cloud-Printer-ID Direction Fax-State FaxBox-ID Stage Status',
    ),
    ...some(Any, 'Fax-Info'),
    ...some(Count, 'Page'),
  },
});
