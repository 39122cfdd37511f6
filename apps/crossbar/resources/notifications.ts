// notifications: templates of mails, and what became of the mails (contract/crossbar.md §6.3).
import type { Permission } from '../../../core/contract/index.ts';
import { notification } from '../../../core/documents/index.ts';
import {
  type Endpoint,
  missing,
  monthList,
  monthOfId,
  operation,
  parameter,
  pathParameter,
  publicPart,
  type RestModule,
  type RestRequest,
} from '../engine/index.ts';
import { newsBody, preview, previewBody, tellCustomers } from '../notifications/sending.ts';
import {
  bodyTypes,
  createTemplate,
  forceSystem,
  listTemplates,
  readTemplate,
  removeCustomizations,
  removeTemplate,
  templateParameter,
  writeTemplate,
} from '../notifications/templates.ts';

const inAccount = '/accounts/:account_id/notifications';
const template = { body: notification.schema, reply: notification.schema };

export const notifications: RestModule = {
  name: 'notifications',
  summary: 'Templates of mails',
  endpoints: [
    ...templatesAt(inAccount, 'admin'),
    ...templatesAt('/notifications', 'superduper'),
    {
      path: `${inAccount}/smtplog`,
      operations: {
        GET: operation(
          'admin',
          'Mails, newest first',
          (request) =>
            monthList(request, {
              design: 'notifications',
              view: 'smtp_log',
              plainKey: true,
              fileName: 'smtplog',
            }),
          { list: true },
        ),
      },
    },
    {
      path: `${inAccount}/smtplog/:log_id`,
      operations: { GET: operation('admin', 'A mail, and what became of it', readMail) },
    },
    {
      path: `${inAccount}/customer_update/message`,
      operations: {
        POST: operation('admin', 'Mails the administrators of accounts below', tellCustomers, {
          accepts: newsBody,
        }),
      },
    },
  ],
};

function templatesAt(path: string, permission: Permission): Endpoint[] {
  const isOfAccount = path === inAccount;
  const create = (request: RestRequest) =>
    isOfAccount && parameter(request, 'action') === 'force_system'
      ? forceSystem(request)
      : createTemplate(request);
  return [
    {
      path,
      operations: {
        GET: operation(permission, 'Templates of mails', listTemplates),
        PUT: operation(
          permission,
          'Creates a template; with action force_system takes over those of the system',
          create,
          template,
        ),
        ...(isOfAccount && {
          DELETE: operation(permission, 'Removes all templates of the account', removeCustomizations),
        }),
      },
    },
    {
      path: `${path}/:${templateParameter}`,
      operations: {
        GET: operation(
          permission,
          'A template; with Accept: text/html or text/plain its body',
          readTemplate,
          {
            reply: notification.schema,
            produces: ['text/html', 'text/plain'],
          },
        ),
        POST: operation(permission, 'Replaces a template, or one of its bodies', writeTemplate, {
          ...template,
          uploads: bodyTypes,
        }),
        DELETE: operation(permission, 'Removes a template', removeTemplate),
      },
    },
    {
      path: `${path}/:${templateParameter}/preview`,
      operations: {
        POST: operation(permission, 'Mails a template with made-up values', preview, {
          accepts: previewBody,
        }),
      },
    },
  ];
}

async function readMail(request: RestRequest) {
  const id = pathParameter(request, 'log_id');
  const document = await monthOfId(request, id).find(id);
  if (document?.pvt_type !== 'notify_smtp_log') throw missing(id);
  return { data: publicPart(document), revision: document._rev };
}
