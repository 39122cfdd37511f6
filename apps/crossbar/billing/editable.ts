// What a plan may say a price for, for those who make a form of it: what is counted, each with the fields of an item.
import { planItem } from '../../../core/documents/service_plan.ts';
import { defaultClassifiers } from '../../../core/telephony/index.ts';

/** The usual items by category; `_all` is whatever a category has. A plan may name others: types of devices are anybody's. */
const items: Readonly<Record<string, readonly string[]>> = {
  accounts: ['account'],
  branding: ['whitelabel'],
  conferences: ['conference'],
  devices: [
    'ata',
    'application',
    'cellphone',
    'fax',
    'landline',
    'mobile',
    'sip_device',
    'sip_uri',
    'smartphone',
    'softphone',
  ],
  faxes: ['mailbox'],
  limits: ['inbound_trunks', 'outbound_trunks', 'twoway_trunks'],
  number_carriers: ['knm_local'],
  number_services: [
    'cnam',
    'e911',
    'failover',
    'force_outbound',
    'forward',
    'porting',
    'prepend',
    'ringback',
  ],
  phone_numbers: defaultClassifiers.map(({ name }) => name),
  users: ['admin', 'user'],
  voicemails: ['mailbox', 'transcription'],
};

export function editable(): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(items).map(([category, names]) => [
      category,
      Object.fromEntries([...names, '_all'].map((name) => [name, planItem.properties])),
    ]),
  );
}
