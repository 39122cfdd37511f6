// What the parts of the SIP endpoint share: the profile, its calls, and what they tell the far end.

import type { Address, Dialog, Protocol, SipRequest, SipStack } from '../../../sip/stack/index.ts';
import type { Channel } from '../channel.ts';
import type { Endpoint, SwitchCore } from '../contract.ts';

export const PROFILE_NAME = 'sipinterface_1';
export const SDP = { 'Content-Type': 'application/sdp' };
export const ALLOW = 'INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, REFER, NOTIFY';

export interface SipProfile {
  readonly core: SwitchCore;
  readonly stack: SipStack;
  readonly port: number;
  /** By Call-ID, which is the channel's UUID unless `sip_invite_call_id` gave it another. */
  readonly calls: Map<string, SipCall>;
  readonly endpoint: Endpoint;
  contact(protocol: Protocol): string;
  nextHop(request: SipRequest): Address;
  stop(): Promise<void>;
}

/** What is known of a call on the SIP side. `dialog` stands once there is something to hang up with BYE. */
export interface SipCall {
  readonly profile: SipProfile;
  readonly channel: Channel;
  readonly callId: string;
  dialog: Dialog | undefined;
}
