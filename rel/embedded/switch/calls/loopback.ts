// The `loopback` endpoint: a call from the switch to its own dialplan, as two channels joined by their media.

import { randomUUID } from 'node:crypto';
import { openLeg } from '../media/index.ts';
import type { HangupCause } from './causes.ts';
import { Channel } from './channel.ts';
import type { Driver, Endpoint, OriginateLeg, SwitchCore } from './contract.ts';
import { type CallerProfile, newTimes } from './profile.ts';
import { PARK } from './route.ts';

/** `loopback/EXTENSION/CONTEXT`: the near channel is the caller's leg, the far one is parked like any call. */
export function loopbackEndpoint(core: SwitchCore): Endpoint {
  return {
    async dial(leg) {
      const { near, far } = createPair(core, leg);
      near.create();
      near.publish('CHANNEL_ORIGINATE');
      near.setState('CS_CONSUME_MEDIA');
      await connect(near, far);
      far.create();
      far.executor.transfer(PARK);
      return near;
    },
  };
}

/** Ends a call at once with the cause that is its destination: `error/USER_BUSY`. */
export function errorEndpoint(findCause: (text: string) => HangupCause | undefined): Endpoint {
  return { dial: async ({ destination }) => findCause(destination) ?? 'NORMAL_TEMPORARY_FAILURE' };
}

function createPair(core: SwitchCore, leg: OriginateLeg): { near: Channel; far: Channel } {
  const [extension = '', context = 'default'] = leg.destination.split('/');
  const caller = leg.originator?.profile;
  const base = {
    username: caller?.username ?? '',
    callerIdName: leg.variables.get('origination_caller_id_name') ?? caller?.callerIdName ?? '',
    callerIdNumber:
      leg.variables.get('origination_caller_id_number') ?? caller?.callerIdNumber ?? '0000000000',
    calleeIdName: '',
    calleeIdNumber: extension,
    networkAddr: '',
    destinationNumber: extension,
    source: 'mod_loopback',
    context,
  };
  const make = (side: 'a' | 'b', direction: CallerProfile['direction'], uuid: string, driver: Driver) => {
    const channelName = `loopback/${extension}-${side}`;
    const channel = new Channel(core, { ...base, direction, uuid, channelName, times: newTimes() }, driver);
    for (const [name, value] of leg.variables) channel.set(name, value);
    channel.set('is_loopback', '1');
    channel.set('loopback_leg', side.toUpperCase());
    return channel;
  };
  const near = make('a', 'outbound', leg.uuid, {
    ring() {},
    async progress() {},
    async answer() {},
    hangup: (cause) => far.hangup(cause),
  });
  const far = make(
    'b',
    'inbound',
    randomUUID(),
    farDriver(near, () => far),
  );
  near.set('other_loopback_leg_uuid', far.uuid);
  far.set('other_loopback_leg_uuid', near.uuid);
  if (leg.originator) {
    near.other = { channel: leg.originator, type: 'originator' };
    leg.originator.other = { channel: near, type: 'originatee' };
  }
  return { near, far };
}

/** What the dialplan does to the far side is what the near side's caller sees. */
function farDriver(near: Channel, getFar: () => Channel): Driver {
  return {
    ring() {
      getFar().markRinging();
      near.markRinging();
    },
    async progress() {
      getFar().markEarly();
      near.markEarly();
    },
    async answer() {
      getFar().markAnswered();
      near.markAnswered();
    },
    hangup: (cause) => near.hangup(cause),
  };
}

async function connect(near: Channel, far: Channel): Promise<void> {
  const { host } = near.core.settings.rtp;
  const [nearLeg, farLeg] = await Promise.all([openLeg({ host }), openLeg({ host })]);
  nearLeg.applyAnswer(farLeg.negotiate(nearLeg.createOffer()));
  near.attach(nearLeg);
  far.attach(farLeg);
}
