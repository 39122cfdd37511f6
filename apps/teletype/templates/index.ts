// Every mail that can be sent, by the name of its notification.
import type { Template } from './template.ts';

type Row = readonly [
  id: string,
  category: Template['category'],
  to: Template['to'],
  subject: string,
  text: string,
];

const caller = '{{ caller_id.name | default: "somebody" }} ({{ caller_id.number | default: "no number" }})';
const greeting = 'Hello {{ user.first_name | default: "" }} {{ user.last_name | default: "" }},';
const account = 'Account: {{ account.name }} ({{ account.realm }})';
const port =
  'Port request: {{ port_request.name }} ({{ port_request_id }})\nState: {{ port_request.port_state }}\nNumbers: {{ port_request.numbers | join: ", " }}';
const because =
  '{% if port_request.transition_reason %}{{ port_request.transition_reason.user.author }}: {{ port_request.transition_reason.content }}{% endif %}';
/** What is said of a port, and when. */
const steps = {
  cancel: 'was cancelled',
  pending: 'was sent to the carrier',
  rejected: 'was rejected',
  request: 'was submitted',
  scheduled:
    'is scheduled for {{ port_request.port_scheduled_date.local }} ({{ port_request.port_scheduled_date.timezone }})',
  unconfirmed: 'is not submitted yet',
} as const;

const rows: readonly Row[] = [
  [
    'account_zone_change',
    'account',
    'admins',
    'Account {{ account.name }} moved',
    `${account} is served by other zones now.`,
  ],
  [
    'bill_reminder',
    'account',
    'admins',
    'A bill will be due',
    `${account}\nThe next bill is due soon: {{ due_date }}.`,
  ],
  [
    'cf_notification',
    'account',
    'original',
    'A call for {{ account.name }}',
    `Call from ${caller} to {{ to.user }}.\n\n{{ comments }}`,
  ],
  [
    'cnam_request',
    'system',
    'admins',
    'Name of {{ number }} is to be changed',
    `${account}\nThe name that {{ number }} shows is to be {{ cnam.display_name | default: cnam }}.`,
  ],
  ['customer_update', 'user', 'original', 'News from your provider', `${greeting}\n\n{{ message }}`],
  [
    'denied_emergency_bridge',
    'account',
    'admins',
    'A call for help was refused',
    `${account}\nA call to an emergency number was refused: its caller id {{ emergency_caller_id_number | default: "is missing and" }} is not set up for that.\nCall: {{ call_id }}`,
  ],
  [
    'deregister',
    'sip',
    'admins',
    'Phone {{ username }} is gone',
    `${account}\nThe phone {{ username }}@{{ realm }} is no longer registered. It was at {{ contact | default: "an unknown address" }}.`,
  ],
  [
    'emergency_bridge',
    'account',
    'admins',
    'Somebody called for help',
    `${account}\n{{ user_first_name }} {{ user_last_name }} called {{ emergency_to_did | default: "an emergency number" }} from {{ device_name | default: "a phone" }}, shown as {{ emergency_caller_id_number }}.\nCall: {{ call_id }}`,
  ],
  [
    'first_occurrence',
    'account',
    'admins',
    'The first {{ occurrence }} of {{ account.name }}',
    `${account}\nThe first {{ occurrence }} of this account just happened.`,
  ],
  [
    'inbound_fax',
    'fax',
    'original',
    'Fax from {{ caller_id.number }}',
    `A fax came from ${caller} for {{ to.user }}.`,
  ],
  [
    'inbound_fax_error',
    'fax',
    'original',
    'A fax from {{ caller_id.number }} failed',
    `A fax from ${caller} could not be received: {{ fax_error | default: "the reason is not known" }}.`,
  ],
  [
    'low_balance',
    'account',
    'admins',
    'Account {{ account.name }} is low on money',
    `${account}\nThe balance is {{ current_balance }}.`,
  ],
  [
    'missed_call',
    'account',
    'original',
    'Missed call from {{ caller_id.number }}',
    `You missed a call from ${caller}.`,
  ],
  [
    'new_account',
    'account',
    'admins',
    'Account {{ account.name }} was made',
    `${account}\nThe account is ready.`,
  ],
  [
    'new_user',
    'user',
    'original',
    'Your login',
    `${greeting}\n\nyou have a login now.\n\nUser name: {{ user.username }}\n{% if password %}Password: {{ password }}\n{% endif %}Account: {{ account.name }}`,
  ],
  [
    'number_feature_manual_action',
    'system',
    'admins',
    '{{ number }} needs a hand',
    `${account}\nA feature of {{ number }} must be set by hand: {{ feature }}.`,
  ],
  [
    'outbound_fax',
    'fax',
    'original',
    'Fax to {{ callee_id.number }} was sent',
    `Your fax to {{ callee_id.number }} was sent.`,
  ],
  [
    'outbound_fax_error',
    'fax',
    'original',
    'Fax to {{ callee_id.number }} failed',
    `Your fax to {{ callee_id.number }} could not be sent: {{ fax_error | default: "the reason is not known" }}.`,
  ],
  [
    'outbound_smtp_fax_error',
    'fax',
    'original',
    'Your mail was not sent as a fax',
    `The mail from {{ fax_from_email }} to {{ fax_to_email }} is no fax that can be sent: {{ errors }}.`,
  ],
  [
    'password_recovery',
    'user',
    'original',
    'Your way back in',
    `${greeting}\n\nsomebody, we hope you, asked for a new password for {{ account.name }}. This link lets you in once:\n\n{{ link }}\n\nIf it was not you, nothing needs to be done.`,
  ],
  ...Object.entries(steps).map(
    ([step, is]): Row => [
      `port_${step}`,
      'port',
      'original',
      `Port request {{ port_request.name }} ${is}`,
      `The port request {{ port_request.name }} ${is}.\n\n${because}\n\n${port}\n${account}`,
    ],
  ),
  [
    'port_request_admin',
    'system',
    'original',
    'Number port request for account {{ account.name }} (details)',
    `${port}\nCreated: {{ port_request.created.local }} ({{ port_request.created.timezone }})\nWanted for: {{ port_request.requested_port_date.local | default: "no day yet" }}\nFrom {{ port_request.losing_carrier }} to {{ port_request.winning_carrier }}\nReference: {{ port_request.reference_number }}\nContact: {{ port_request.customer_contact | join: ", " }}\n\nOn the bill: {{ port_request.bill.name }}\n{{ port_request.bill.street_number }} {{ port_request.bill.street_address }}\n{{ port_request.bill.locality }} {{ port_request.bill.region }} {{ port_request.bill.postal_code }}\nAccount number: {{ port_request.bill.account_number }}\nPIN: {{ port_request.bill.pin }}\nBTN: {{ port_request.bill.btn }}\n\nSigned by: {{ port_request.signee_name | default: "-" }} {{ port_request.signing_date.local }}\n\n${account}`,
  ],
  [
    'port_comment',
    'port',
    'original',
    'New comment for port request {{ port_request.name }}',
    `{{ port_request.comment.author }} wrote at {{ port_request.comment.date.local }} ({{ port_request.comment.date.timezone }}):\n\n{{ port_request.comment.content }}\n\n${port}\n${account}`,
  ],
  [
    'ported',
    'port',
    'original',
    'Port request {{ port_request.name }} is complete',
    `The numbers are yours to use.\n\n${because}\n\n${port}\n${account}`,
  ],
  [
    'register',
    'sip',
    'admins',
    'Phone {{ username }} is there',
    `${account}\nThe phone {{ username }}@{{ realm }} registered from {{ contact | default: "an unknown address" }}.`,
  ],
  [
    'service_added',
    'account',
    'admins',
    'Services of {{ account.name }} changed',
    `${account}\n{% for item in items %}{{ item.category }} {{ item.item }}: {{ item.quantity }}\n{% endfor %}`,
  ],
  [
    'system_alert',
    'system',
    'original',
    '{{ subject }}',
    '{{ message }}\n\n{% for detail in details %}{{ detail[0] }}: {{ detail[1] }}\n{% endfor %}Node: {{ node }}',
  ],
  [
    'topup',
    'account',
    'admins',
    'Money was added to {{ account.name }}',
    `${account}\nAmount: {{ amount }} {{ currency_code }}\n{{ response }}`,
  ],
  [
    'transaction',
    'account',
    'admins',
    'Payment of {{ account.name }}',
    `${account}\nAmount: {{ amount }} {{ currency_code }}\n{{ response }}`,
  ],
  [
    'voicemail_deleted',
    'voicemail',
    'original',
    'Message from {{ caller_id.number }} was deleted',
    `A message from ${caller} in {{ voicemail.name }} was deleted: {{ reason }}.`,
  ],
  [
    'voicemail_full',
    'voicemail',
    'original',
    'Mailbox {{ voicemail.name }} is full',
    `The mailbox {{ voicemail.name }} has {{ message_count }} messages and takes no more. Please delete some.`,
  ],
  [
    'voicemail_new',
    'voicemail',
    'original',
    'New message from {{ caller_id.number }}',
    `There is a new message from ${caller} in {{ voicemail.name }}, {{ voicemail.length | default: 0 }} ms long.\n\n{% if voicemail.transcription %}{{ voicemail.transcription }}{% endif %}`,
  ],
  [
    'voicemail_saved',
    'voicemail',
    'original',
    'Saved message from {{ caller_id.number }}',
    `A message from ${caller} in {{ voicemail.name }} was saved.`,
  ],
  [
    'webhook_disabled',
    'webhook',
    'admins',
    'A webhook was turned off',
    `${account}\nThe webhook {{ hook.name }} ({{ hook.uri }}) failed too often and was turned off: {{ hook.disable_reason }}.`,
  ],
];

export const templates: readonly Template[] = rows.map(([id, category, to, subject, text]) => ({
  id,
  category,
  friendly_name: id.replaceAll('_', ' '),
  to,
  subject,
  text,
}));
