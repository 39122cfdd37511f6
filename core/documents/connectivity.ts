// The `sys_info` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { byPattern, freeObject, strings } from './shared.ts';

/** The PBX trunks of an account. */
export const connectivity = document({
  type: 'sys_info',
  schema: 'connectivity',
  database: 'account',
  summary: 'The PBX trunks of an account',
  fields: {
    account: Type.Optional(
      Type.Object({
        caller_id: Type.Optional(
          Type.Object({
            cid_name: Type.Optional(Type.String({ maxLength: 35 })),
            cid_number: Type.Optional(Type.String({ maxLength: 35 })),
          }),
        ),
        emergency_caller_id: Type.Optional(
          Type.Object({
            cid_name: Type.Optional(Type.String({ maxLength: 35 })),
            cid_number: Type.Optional(Type.String({ maxLength: 35 })),
          }),
        ),
        trunks: Type.Optional(Type.Integer({ minimum: 0 })),
      }),
    ),
    name: Type.Optional(Type.String()),
    servers: Type.Optional(
      Type.Array(
        Type.Object({
          DIDs: Type.Optional(
            byPattern(
              '^\\+?\\d*$',
              Type.Object({
                caller_id: Type.Optional(
                  Type.Object({
                    cid_name: Type.Optional(Type.String({ minLength: 1, maxLength: 35 })),
                    cid_number: Type.Optional(Type.String({ minLength: 1, maxLength: 35 })),
                  }),
                ),
                failover: Type.Optional(
                  Type.Object({
                    e164: Type.Optional(Type.String()),
                    sip: Type.Optional(Type.String()),
                  }),
                ),
                force_outbound: Type.Optional(Type.Boolean({ default: false })),
                options: Type.Optional(strings),
              }),
            ),
          ),
          auth: Type.Object({
            auth_method: Type.Enum(['password', 'Password', 'IP', 'ip'], { default: 'password' }),
            auth_password: Type.Optional(Type.String({ minLength: 1 })),
            auth_user: Type.Optional(Type.String({ minLength: 1 })),
            ip: Type.Optional(Type.String()),
            port: Type.Optional(Type.Integer()),
          }),
          name: Type.Optional(Type.String({ minLength: 1 })),
          options: Type.Optional(
            Type.Object({
              caller_id: Type.Optional(
                Type.Object({
                  cid_name: Type.Optional(Type.String({ minLength: 1, maxLength: 35 })),
                  cid_number: Type.Optional(Type.String({ minLength: 1, maxLength: 35 })),
                }),
              ),
              delay: Type.Optional(Type.Integer({ default: 0 })),
              dynamic_flags: Type.Optional(strings),
              emergency_caller_id: Type.Optional(
                Type.Object({
                  cid_name: Type.Optional(Type.String({ maxLength: 35 })),
                  cid_number: Type.Optional(Type.String({ maxLength: 35 })),
                }),
              ),
              enabled: Type.Optional(Type.Boolean({ default: true })),
              failover: Type.Optional(
                Type.Object({
                  e164: Type.Optional(Type.String()),
                  sip: Type.Optional(Type.String()),
                }),
              ),
              flags: Type.Optional(strings),
              force_outbound: Type.Optional(Type.Boolean({ default: false })),
              hunt_account_id: Type.Optional(Type.String()),
              hunt_non_reconcilable: Type.Optional(Type.Boolean({ default: false })),
              ignore_early_media: Type.Optional(Type.Boolean()),
              inbound_format: Type.Optional(
                Type.Enum(['e164', 'npan', '1npan', 'username', 'strip_plus'], { default: 'npan' }),
              ),
              ip: Type.Optional(Type.String()),
              media_handling: Type.Optional(Type.Enum(['process', 'bypass'], { default: 'bypass' })),
              port: Type.Optional(Type.Integer()),
              progress_timeout: Type.Optional(Type.Integer({ minimum: 1 })),
              sip_headers: Type.Optional(Type.Array(freeObject)),
              timeout: Type.Optional(Type.Integer()),
            }),
          ),
        }),
        { default: [] },
      ),
    ),
  },
});
