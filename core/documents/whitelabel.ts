// The `whitelabel` document (contract/couch.md §§3-4).
import { document, Type } from '../contract/index.ts';
import { oneOrMore } from './shared.ts';

const text = Type.Optional(Type.String());
const hidden = Type.Optional(Type.Boolean({ default: false }));

/** The branding of an account; `logo`, `icon` and `welcome` are attachments. */
export const whitelabel = document({
  type: 'whitelabel',
  schema: 'whitelabel',
  database: 'account',
  summary: 'The branding of an account, and the domain that shows it',
  fields: {
    company_name: text,
    domain: Type.Optional(Type.String({ maxLength: 253, pattern: '^[\\w.:-]+$' })),
    fake_api_url: text,
    hide_credits: hidden,
    hide_port: Type.Optional(Type.Boolean()),
    hide_powered: hidden,
    hide_registration: hidden,
    inbound_trunks_price: text,
    nav: Type.Optional(Type.Object({ help: text, learn_more: text })),
    outbound_trunks_price: text,
    port: Type.Optional(
      Type.Object({
        authority: Type.Optional(oneOrMore),
        features: text,
        loa: text,
        resporg: text,
        support_email: Type.Optional(Type.String({ format: 'email' })),
        terms: text,
      }),
    ),
    twoway_trunks_price: text,
  },
});
