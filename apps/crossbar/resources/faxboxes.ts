// faxboxes: who sends faxes as whom, and who is told; a copy of each stands among those of all accounts, where mail is looked up.
import { randomBytes } from 'node:crypto';
import { resource } from '../../../core/contract/index.ts';
import { faxbox } from '../../../core/documents/index.ts';
import {
  accountFields,
  plain,
  type RestRequest,
  removeCopy,
  targetAccount,
  writeCopy,
} from '../engine/index.ts';
import { checkUnique } from '../engine/unique.ts';
import { jobsDatabase } from '../faxes/jobs.ts';

const listing = { design: 'faxbox', view: 'email_address' };

export const faxboxes = plain(
  resource({
    path: 'faxboxes',
    summary: 'Fax boxes',
    document: faxbox,
    listing: { design: 'faxbox', view: 'crossbar_listing', documents: true },
    example: { name: 'Office', caller_id: '+14155550100', retries: 2 },
    validate: async (request: RestRequest, next, previous) => {
      // It is shown beside the fields, and so comes back with them.
      delete (next as { smtp_email_address?: unknown }).smtp_email_address;
      if (next.custom_smtp_email_address !== undefined)
        next.custom_smtp_email_address = next.custom_smtp_email_address.toLowerCase();
      await checkUnique(
        jobsDatabase(request),
        [{ field: 'custom_smtp_email_address', listing }],
        next,
        previous?._id,
      );
    },
    beforeSave: async ({ services, account }, document, previous) => {
      if (previous) return;
      const domain = await services.systemConfig.get('fax', 'default_smtp_domain', 'fax.mirliton.test');
      document.pvt_smtp_email_address = `${randomBytes(4).toString('hex')}.${domain}`;
      if (account?.pvt_reseller_id !== undefined) document.pvt_reseller_id = account.pvt_reseller_id;
    },
    afterSave: (request, document) =>
      writeCopy(jobsDatabase(request), { ...document, ...accountFields(targetAccount(request)._id) }),
    afterDelete: (request, { _id }) => removeCopy(jobsDatabase(request), _id),
    present: async (_request, shown, { pvt_smtp_email_address: smtp_email_address }) => ({
      ...shown,
      ...(smtp_email_address !== undefined && { smtp_email_address }),
    }),
  }),
);
