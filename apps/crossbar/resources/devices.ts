// devices: phones and other endpoints; who is registered; restart.
import { acceptor, getAt, isRecord, resource, type Static, Type } from '../../../core/contract/index.ts';
import { device } from '../../../core/documents/index.ts';
import { notify } from '../../../core/messages/switch.ts';
import { normalRealm } from '../accounts/realm.ts';
import {
  accountEndpoint,
  caller,
  type DataReply,
  dataObject,
  idParameter,
  invalid,
  load,
  operation,
  parameter,
  pathParameter,
  plain,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { dropOrder, syncIfAsked, tellOfDevice } from '../live/registered.ts';
import { registrationsOf } from '../live/registrations.ts';
import { checkForeign, copyToSipAuth, removeFromSipAuth } from '../live/sip-auth.ts';
import { checkAddresses } from '../live/trusted.ts';
import { normalizeEmergency } from '../people/emergency.ts';

/** What a phone is told: Kazoo's `devices_notify`. */
const notification = Type.Object({
  event: Type.String({ minLength: 1 }),
  body: Type.Optional(Type.Object({ data: Type.String(), content_type: Type.String() })),
});
const acceptNotification = acceptor(notification);

export const devices = plain(
  resource({
    path: 'devices',
    summary: 'Phones and other endpoints',
    document: device,
    listing: { design: 'devices', view: 'crossbar_listing' },
    example: {
      name: 'Desk of Ann',
      mac_address: '001565000001',
      device_type: 'sip_device',
      sip: { username: 'desk1', password: 'secret-of-desk' },
    },
    byOwner: { design: 'devices', view: 'listing_by_owner' },
    unique: [
      { field: 'sip.username', listing: { design: 'devices', view: 'sip_credentials' }, fold: true },
      { field: 'mac_address', listing: { design: 'devices', view: 'listing_by_macaddress' } },
      { field: 'mobile.mdn', listing: { design: 'mobile', view: 'listing_by_mdn' } },
    ],
    validate: async (request: RestRequest, next, previous) => {
      if (next.mac_address !== undefined) next.mac_address = plainMac(next.mac_address);
      normalizeEmergency(next);
      dropOrder(next);
      checkType(request, next, previous);
      if (next.sip?.realm !== undefined) next.sip.realm = normalRealm(next.sip.realm);
      // That of the account is no realm of its own: it is to follow when the account's changes.
      if (next.sip?.realm?.toLowerCase() === targetAccount(request).realm?.toLowerCase())
        delete next.sip?.realm;
      if (next.sip?.method === 'ip' && next.sip.ip === undefined)
        throw invalid('sip.ip', 'required', 'sip.ip is required when sip.method is ip');
      await checkForeign(request, next.sip, previous?._id);
      if (next.sip?.method === 'ip')
        await checkAddresses(request, device.type, [{ path: 'sip.ip', address: next.sip.ip }]);
    },
    afterSave: async (request, document, previous) => {
      await copyToSipAuth(request, document);
      if (previous) await tellOfDevice(request, previous, document);
      await syncIfAsked(request, [document._id]);
    },
    afterDelete: async (request, document) => {
      await removeFromSipAuth(request.services, document._id);
      await tellOfDevice(request, document, undefined);
    },
  }),
  [
    accountEndpoint('devices/status', {
      GET: operation('account', 'Devices that are registered now', status),
    }),
    accountEndpoint(`devices/:${idParameter}`, {
      PUT: operation('admin', 'Sends a SIP NOTIFY to a phone', sendNotify, {
        parameters: {
          action: Type.Enum(['notify']),
          data: Type.Optional(notification),
          event: Type.Optional(Type.String()),
        },
      }),
    }),
    accountEndpoint(`devices/:${idParameter}/sync`, {
      POST: operation('admin', 'Asks a phone to read its configuration again', sync),
    }),
  ],
);

/** Its hexadecimal digits alone, so that it is found in whatever form it was written; what has none stays. */
function plainMac(address: string): string {
  return address.replace(/[^0-9a-f]/gi, '').toLowerCase() || address;
}

/** What a device is does not change, nor the number of a mobile: only the master may put it right. */
function checkType(
  request: RestRequest,
  next: Readonly<Record<string, unknown>>,
  previous: object | undefined,
): void {
  const mdn = getAt(next, 'mobile.mdn');
  if (next['device_type'] === 'mobile' && mdn === undefined)
    throw invalid('mobile.mdn', 'required', 'a mobile device needs its number');
  if (!previous || caller(request).superduper) return;
  const before = getAt(previous, 'device_type');
  if (before !== undefined && next['device_type'] !== before)
    throw invalid('device_type', 'invalid', 'the type of a device does not change', {
      cause: next['device_type'] ?? '',
    });
  if (before === 'mobile' && getAt(previous, 'mobile.mdn') !== mdn)
    throw invalid('mobile.mdn', 'invalid', 'the number of a mobile device does not change', { cause: mdn });
}

/** The event stands in `data.data`, as Kazoo's clients send it, or in `data`. */
async function sendNotify(request: RestRequest): Promise<DataReply> {
  const action = parameter(request, 'action');
  if (action === undefined) throw invalid('action', 'required', 'action is required');
  if (action !== 'notify') throw invalid('action', 'enum', 'must be notify', { target: ['notify'] });
  const given = dataObject(request);
  const { event, body } = acceptNotification(isRecord(given['data']) ? given['data'] : given) as Static<
    typeof notification
  >;
  await request.services.bus.publish(
    notify,
    {
      Event: event,
      ...(await addressOf(request)),
      ...(body && { Body: body.data, 'Content-Type': body.content_type }),
    },
    { mandatory: true },
  );
  return { data: { message: 'NOTIFY sent' } };
}

/** Where the phone in the path is reached. Throws when it has no user name. */
async function addressOf(
  request: RestRequest,
): Promise<{ readonly Realm: string; readonly Username: string }> {
  const { sip } = await load(targetDatabase(request), device, pathParameter(request, idParameter));
  const realm = sip?.realm ?? targetAccount(request).realm;
  if (!sip?.username || !realm)
    throw invalid('sip.username', 'required', 'the device has no SIP user name to reach it by');
  return { Realm: realm, Username: sip.username };
}

/** Devices whose user name is registered now. */
async function status(request: RestRequest): Promise<DataReply> {
  const [registrations, rows] = await Promise.all([
    registrationsOf(request),
    targetDatabase(request).view<{ username?: string }>('devices', 'crossbar_listing'),
  ]);
  const names = new Set(registrations.map((fields) => String(fields['Username']).toLowerCase()));
  const registered = rows.filter(({ value }) => value.username && names.has(value.username.toLowerCase()));
  return { data: registered.map(({ id }) => ({ device_id: id, registered: true })) };
}

/** Asks a phone to read its configuration again. */
async function sync(request: RestRequest): Promise<DataReply> {
  await request.services.bus.publish(notify, { Event: 'check-sync', ...(await addressOf(request)) });
  return { data: { message: 'sync request sent' } };
}
