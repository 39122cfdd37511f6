// Events as FreeSWITCH 1.11 sent them (cut down), as the bus tells them.
import { expect } from 'chai';
import { callEvent } from '../../../core/messages/call.ts';
import { caller, callId, ending } from '../testing/calls.ts';
import { translate } from './index.ts';

const context = { switchName: 'freeswitch@media1' };
const told = (event: Record<string, string>) => translate({ ...caller, ...event }, context);

describe('call events', () => {
  it('carry who, where and when', () => {
    expect(
      told({ 'Event-Name': 'CHANNEL_CREATE', 'variable_ecallmgr_Account-ID': 'acc1', variable_cav_k: 'v' }),
    ).to.deep.include({
      'Event-Name': 'CHANNEL_CREATE',
      'Call-ID': callId,
      Timestamp: 1795193184 + 62167219200,
      'Channel-Created-Time': 1795193184144452,
      'Call-Direction': 'inbound',
      'Channel-State': 'EXECUTE',
      'Caller-ID-Name': "O'Brien %zz",
      To: '2000@demo.local',
      From: '1001@demo.local',
      Request: '2000@demo.local',
      'Custom-Channel-Vars': { 'Account-ID': 'acc1' },
      'Custom-Application-Vars': { k: 'v' },
      'Custom-SIP-Headers': { 'X-Custom': 'hello' },
    });
  });

  it('tell exactly how a leg ended', () => {
    const end = told({ ...ending, 'Event-Name': 'CHANNEL_DESTROY' });
    expect(end).to.include({
      'Hangup-Cause': 'NORMAL_CLEARING',
      'Hangup-Code': 'sip:200',
      Disposition: 'ANSWER',
      'Duration-Seconds': 3,
      'Billing-Seconds': 1,
      'Ringing-Seconds': 0,
    });
    expect(end?.['Digits-Dialed']).to.equal(undefined);
  });

  it('tell how an attempt to bridge ended', () => {
    const event = told({
      'Event-Name': 'CHANNEL_EXECUTE_COMPLETE',
      Application: 'bridge',
      'Application-Response': '_none_',
      variable_originate_disposition: 'USER_BUSY',
      variable_last_bridge_hangup_cause: 'USER_BUSY',
      variable_last_bridge_proto_specific_hangup_cause: 'sip:486',
    });
    expect(event).to.include({
      'Application-Name': 'bridge',
      'Application-Response': 'USER_BUSY',
      'Hangup-Cause': 'USER_BUSY',
      'Hangup-Code': 'sip:486',
    });
  });

  it('give digits in milliseconds', () => {
    const digit = told({ 'Event-Name': 'DTMF', 'DTMF-Digit': '5', 'DTMF-Duration': '1600' });
    expect(digit).to.include({ 'DTMF-Digit': '5', 'DTMF-Duration': 200 });
  });

  it('know transfers by their subclass, and leave out what the bus does not know', () => {
    const event = {
      'Event-Name': 'CUSTOM',
      'Event-Subclass': 'sofia::replaced',
      att_xfer_replaced_by: 'other',
    };
    expect(told(event)).to.include({ 'Event-Name': 'CHANNEL_REPLACED', 'Replaced-By': 'other' });
    for (const name of ['CODEC', 'constructor', 'toString'])
      expect(told({ 'Event-Name': name })).to.equal(undefined);
  });

  it('fit their contract whatever is missing', () => {
    for (const name of [
      'CHANNEL_CREATE',
      'CHANNEL_DESTROY',
      'DTMF',
      'RECORD_STOP',
      'CHANNEL_EXECUTE_COMPLETE',
    ]) {
      const bare = translate(
        { 'Event-Name': name, 'Unique-ID': 'c', 'DTMF-Duration': 'x', variable_duration: '1.5' },
        context,
      );
      const message = {
        ...JSON.parse(JSON.stringify(bare)),
        'App-Name': 'a',
        'App-Version': '1',
        'Event-Category': 'call_event',
      };
      expect(callEvent.check(message), name).to.deep.equal([]);
    }
  });
});
