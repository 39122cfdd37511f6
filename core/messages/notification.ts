// Notifications: what people are told by mail (contract/kapi.md, kapi_notifications).
import { type AnyMessage, message, type TProperties, Type } from '../contract/index.ts';
import { Any, Count, Flag, maybeText, some, text, Vars } from './fields.ts';

/** What the preview of a mail puts in the place of what is stored. */
const overrides = {
  ...maybeText('Account-DB Attachment-URL From HTML Reply-To Subject Text'),
  ...some(Any, 'Bcc Cc Preview To'),
};

/** How far the mail of a notification has come; `pending` comes first, and another one after it. */
export const notifyUpdate = message({
  category: 'notification',
  name: 'notify_update',
  exchange: 'targeted',
  summary: 'How far the mail of a notification has come',
  fields: {
    Status: Type.Enum(['pending', 'completed', 'failed', 'ignored', 'disabled']),
    ...maybeText('Failure-Message'),
    ...some(Any, 'Metadata'),
    ...overrides,
  },
});

const told = <const N extends string, P extends TProperties>(
  /** The routing key behind `notifications.`: Kazoo's keys are not always their names. */
  key: string,
  name: N,
  summary: string,
  fields: P,
) =>
  message({
    category: 'notification',
    name,
    exchange: 'notifications',
    key: () => `notifications.${key}`,
    summary,
    fields: { ...fields, ...overrides },
    answers: [notifyUpdate],
  });

const paid = {
  ...text('Account-ID'),
  ...some(Any, 'Add-Ons Amount Billing-Address Discounts Response Service-Plan Success Tax-Amount Timestamp'),
  ...maybeText('Card-Last-Four Currency-Code ID Purchase-Order'),
};
const faxed = {
  ...maybeText(
    'Call-ID Callee-ID-Name Callee-ID-Number Caller-ID-Name Caller-ID-Number FaxBox-ID Owner-ID From-Realm From-User To-Realm To-User',
  ),
  ...some(Any, 'Fax-Info Fax-Notifications Fax-Timestamp'),
};
const ported = {
  ...text('Account-ID Port-Request-ID'),
  ...maybeText('Local-Number Number Number-State'),
  ...some(Any, 'Authorized-By Comment Port Reason Version'),
};
const voicemail = {
  ...text('Account-ID From-Realm From-User To-Realm To-User Voicemail-Box Voicemail-ID'),
  'Voicemail-Timestamp': Count,
  ...maybeText('Call-ID Caller-ID-Name Caller-ID-Number'),
  ...some(Count, 'Voicemail-Length'),
  'Voicemail-Transcription': Type.Optional(Vars),
};
const registration = {
  ...text('Account-ID Realm Username'),
  ...maybeText(
    'Authorizing-ID Authorizing-Type Call-ID Contact FreeSWITCH-Hostname From-Host From-User Network-IP Owner-ID Presence-Hosts Profile-Name RPid Status To-Host To-User User-Agent',
  ),
  ...some(Any, 'Event-Timestamp Expires Network-Port Suppress-Unregister-Notify'),
};
const missed = {
  ...maybeText('Call-ID Caller-ID-Name Caller-ID-Number From-Realm From-User To To-Realm To-User'),
  ...some(Any, 'Notify Timestamp'),
  ...some(Flag, 'Call-Bridged Message-Left'),
};

/** Somebody forgot a password: `Password-Reset-Link` lets them in once. */
export const passwordRecovery = told(
  'user.password_recovery',
  'password_recovery',
  'Somebody forgot a password',
  {
    ...text('Account-ID Email Password-Reset-Link'),
    ...maybeText('First-Name Last-Name Timezone User-ID'),
  },
);

/** Somebody has a login now; `Password` is what they log in with, when it was set with the user. */
export const newUser = told('user.new', 'new_user', 'Somebody has a login now', {
  ...text('Account-ID User-ID'),
  ...maybeText('Password'),
});

/** A message of the own to the people below an account. */
export const customerUpdate = told(
  'user.customer_update',
  'customer_update',
  'News for the accounts below one',
  {
    ...text('Account-ID'),
    ...maybeText('Recipient-ID Template-ID User-Type'),
    ...some(Any, 'DataBag'),
  },
);

/** Messages were deleted by somebody else than the owner's own hand on the phone. */
export const voicemailDeleted = told('voicemail.deleted', 'voicemail_deleted', 'Messages were deleted', {
  ...voicemail,
  ...text('Reason'),
});
export const voicemailNew = told('voicemail.new', 'voicemail_new', 'There is a new message', voicemail);
export const voicemailSaved = told('voicemail.saved', 'voicemail_saved', 'A message was saved', voicemail);
export const voicemailFull = told('voicemail.full', 'voicemail_full', 'A mailbox has no room left', {
  ...text('Account-ID Voicemail-Box'),
  ...some(Any, 'Max-Message-Count Message-Count'),
});

export const newAccount = told('account.new', 'new_account', 'An account was made', {
  ...text('Account-ID'),
  ...maybeText('Account-API-Key Account-Name Account-Realm'),
});
export const accountZoneChange = told(
  'account.zone_change',
  'account_zone_change',
  'An account is in another zone',
  {
    ...text('Account-ID'),
    Zones: Any,
  },
);
export const billReminder = told('account.reminder', 'bill_reminder', 'A bill will be due', {
  ...text('Account-ID'),
  ...some(Any, 'Due-Date Items Payment-Token Timestamp'),
});
export const lowBalance = told('account.low_balance', 'low_balance', 'An account has little money left', {
  ...text('Account-ID'),
  'Current-Balance': Any,
});
export const serviceAdded = told('account.service_added', 'service_added', 'Something was bought', {
  ...text('Account-ID'),
  ...some(Any, 'Audit-Log Items Timestamp'),
});
export const topup = told('account.topup', 'topup', 'Money was added by itself', paid);
export const transaction = told('account.transaction', 'transaction', 'Something was paid', paid);
export const cfNotification = told('account.cf_notification', 'cf_notification', 'A callflow says so', {
  ...text('Account-ID Template-ID'),
  ...missed,
  ...some(Any, 'Comments Notification-Media'),
});
export const numberFeatureManualAction = told(
  'account.number_feature_manual_action',
  'number_feature_manual_action',
  'A feature of a number must be set by hand',
  { ...text('Account-ID Number'), Feature: Any },
);

export const inboundFax = told('fax.inbound', 'inbound_fax', 'A fax came', {
  ...text('Account-ID Fax-ID'),
  ...faxed,
});
export const inboundFaxError = told('fax.inbound_error', 'inbound_fax_error', 'A fax did not come whole', {
  ...text('Account-ID'),
  ...maybeText('Fax-Error Fax-ID'),
  ...faxed,
});
export const outboundFax = told('fax.outbound', 'outbound_fax', 'A fax was sent', {
  ...text('Account-ID Fax-ID Fax-JobId'),
  ...faxed,
});
export const outboundFaxError = told('fax.outbound_error', 'outbound_fax_error', 'A fax could not be sent', {
  ...text('Fax-ID Fax-JobId'),
  ...maybeText('Account-ID Fax-Error'),
  ...faxed,
});
export const outboundSmtpFaxError = told(
  'fax.outbound_smtp_error',
  'outbound_smtp_fax_error',
  'A mail is no fax',
  {
    ...text('Account-ID Fax-From-Email'),
    ...maybeText('Fax-To-Email FaxBox-ID FaxBox-Name FaxBox-Timezone Number Original-Number Owner-ID'),
    ...some(Any, 'Errors Timestamp'),
  },
);

export const cnamRequest = told(
  'number.cnam_request',
  'cnam_request',
  'The name of a number is to be changed',
  {
    ...text('Account-ID Number'),
    Cnam: Any,
    ...some(Any, 'Acquired-For Local-Number Number-State Request'),
  },
);
export const portCancel = told('number.port_cancel', 'port_cancel', 'A port was cancelled', ported);
export const portComment = told('number.port_comment', 'port_comment', 'A port has a new comment', ported);
export const portPending = told(
  'number.port_pending',
  'port_pending',
  'A port was sent to the carrier',
  ported,
);
export const portRejected = told('number.port_rejected', 'port_rejected', 'A port was rejected', ported);
export const portRequestTold = told('number.port_request', 'port_request', 'A port was submitted', ported);
export const portScheduled = told('number.port_scheduled', 'port_scheduled', 'A port has a date', ported);
export const portUnconfirmed = told(
  'number.port_unconfirmed',
  'port_unconfirmed',
  'A port is not submitted yet',
  ported,
);
export const portDone = told('number.ported', 'ported', 'A number was ported', ported);

export const deniedEmergencyBridge = told(
  'registration.denied_emergency_bridge',
  'denied_emergency_bridge',
  'A call for help was refused',
  {
    ...text('Account-ID Call-ID'),
    ...maybeText(
      'Emergency-Caller-ID-Name Emergency-Caller-ID-Number Outbound-Caller-ID-Name Outbound-Caller-ID-Number',
    ),
  },
);
export const emergencyBridge = told(
  'registration.emergency_bridge',
  'emergency_bridge',
  'Somebody called for help',
  {
    ...text('Account-ID Call-ID'),
    ...maybeText(
      `Account-Name Authorizing-ID Device-Name Emergency-Address-City Emergency-Address-Postal-Code Emergency-Address-Region
    Emergency-Address-Street-1 Emergency-Address-Street-2 Emergency-Caller-ID-Name Emergency-Caller-ID-Number Emergency-To-DID
    Outbound-Caller-ID-Name Outbound-Caller-ID-Number Owner-ID User-Email User-First-Name User-Last-Name`,
    ),
    ...some(
      Any,
      'Emergency-Address-Latitude Emergency-Address-Longitude Emergency-Notfication-Contact-Emails Emergency-Test-Call',
    ),
  },
);

export const deregister = told('sip.deregister', 'deregister', 'A phone is gone', registration);
export const registered = told('sip.register', 'register', 'A phone is there', registration);
export const firstOccurrence = told(
  'sip.first_occurrence',
  'first_occurrence',
  'The first call or registration',
  {
    ...text('Account-ID Occurrence'),
  },
);
export const missedCall = told('sip.missed_call', 'missed_call', 'A call was missed', {
  ...text('Account-ID'),
  ...missed,
});

export const systemAlert = told('system.alert', 'system_alert', 'An operator should look', {
  ...text('Message Subject'),
  ...maybeText('Account-ID Module Pid Request-ID Section'),
  ...some(Any, 'Details Line'),
});

/** `Hook` is a webhook that no document declares, `Data` what it is told: made by a callflow. */
export const webhookTold = told('webhook.callflow', 'webhook', 'A callflow has an URL told of a call', {
  Data: Vars,
  Hook: Vars,
  ...some(Count, 'Timestamp'),
});
export const webhookDisabled = told('webhook.disabled', 'webhook_disabled', 'A webhook failed too often', {
  ...text('Account-ID Hook-ID'),
});

/** Templates of mails that no notification bears the name of, and the one that they go out with. */
export const mailedWith: Readonly<Record<string, string>> = { port_request_admin: 'port_request' };

/** Those that a person is told of by mail, and a webhook may be told of too. */
export const notifications: readonly AnyMessage[] = [
  accountZoneChange,
  billReminder,
  cfNotification,
  cnamRequest,
  customerUpdate,
  deniedEmergencyBridge,
  deregister,
  emergencyBridge,
  firstOccurrence,
  inboundFax,
  inboundFaxError,
  lowBalance,
  missedCall,
  newAccount,
  newUser,
  numberFeatureManualAction,
  outboundFax,
  outboundFaxError,
  outboundSmtpFaxError,
  passwordRecovery,
  portCancel,
  portComment,
  portDone,
  portPending,
  portRejected,
  portRequestTold,
  portScheduled,
  portUnconfirmed,
  registered,
  serviceAdded,
  systemAlert,
  topup,
  transaction,
  voicemailDeleted,
  voicemailFull,
  voicemailNew,
  voicemailSaved,
  webhookDisabled,
];
