// devices: phones and other endpoints; who is registered; restart.
import { resource } from '../../../core/contract/index.ts';
import { device } from '../../../core/documents/index.ts';
import { notify } from '../../../core/messages/switch.ts';
import { normalRealm } from '../accounts/realm.ts';
import {
  accountEndpoint,
  type DataReply,
  idParameter,
  invalid,
  load,
  operation,
  pathParameter,
  plain,
  type RestRequest,
  targetAccount,
  targetDatabase,
} from '../engine/index.ts';
import { registrationsOf } from '../live/registrations.ts';
import { checkForeign, copyToSipAuth, removeFromSipAuth } from '../live/sip-auth.ts';
import { checkAddresses } from '../live/trusted.ts';

export const devices = plain(
  resource({
    path: 'devices',
    summary: 'Phones and other endpoints',
    document: device,
    listing: { design: 'devices', view: 'crossbar_listing' },
    example: {
      name: 'Desk of Ann',
      mac_address: '00:15:65:00:00:01',
      device_type: 'sip_device',
      sip: { username: 'desk1', password: 'secret-of-desk' },
    },
    byOwner: { design: 'devices', view: 'listing_by_owner' },
    unique: [
      { field: 'sip.username', listing: { design: 'devices', view: 'sip_credentials' }, fold: true },
      { field: 'mac_address', listing: { design: 'devices', view: 'listing_by_macaddress' } },
    ],
    validate: async (request: RestRequest, next, previous) => {
      if (next.mac_address !== undefined) next.mac_address = next.mac_address.toLowerCase();
      if (next.sip?.realm !== undefined) next.sip.realm = normalRealm(next.sip.realm);
      if (next.sip?.method === 'ip' && next.sip.ip === undefined)
        throw invalid('sip.ip', 'required', 'sip.ip is required when sip.method is ip');
      await checkForeign(request, next.sip, previous?._id);
      if (next.sip?.method === 'ip')
        await checkAddresses(request, device.type, [{ path: 'sip.ip', address: next.sip.ip }]);
    },
    afterSave: (request, document) => copyToSipAuth(request, document),
    afterDelete: ({ services }, document) => removeFromSipAuth(services, document._id),
  }),
  [
    accountEndpoint('devices/status', {
      GET: operation('account', 'Devices that are registered now', status),
    }),
    accountEndpoint(`devices/:${idParameter}/sync`, {
      POST: operation('admin', 'Asks a phone to read its configuration again', sync),
    }),
  ],
);

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
  const { sip } = await load(targetDatabase(request), device, pathParameter(request, idParameter));
  const realm = sip?.realm ?? targetAccount(request).realm;
  if (!sip?.username || !realm)
    throw invalid('sip.username', 'required', 'the device has no SIP user name to reach it by');
  await request.services.bus.publish(notify, { Event: 'check-sync', Realm: realm, Username: sip.username });
  return { data: { message: 'sync request sent' } };
}
