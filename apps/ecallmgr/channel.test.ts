// What is learned of a leg from its dump.
import { expect } from 'chai';
import { Channel } from './channel.ts';

const leg = {
  'Unique-ID': 'a',
  'Channel-State': 'CS_EXECUTE',
  variable_current_application: 'park',
} as const;

describe('a leg that is read from the switch', () => {
  const learned = (dump: Record<string, string>, living: readonly string[] = ['a', 'b']): Channel => {
    const channel = new Channel(leg);
    channel.learn({ ...leg, ...dump }, (callId) => living.includes(callId));
    return channel;
  };

  for (const [what, dump, partner] of [
    ['runs bridge', { variable_current_application: 'bridge', variable_bridge_to: 'b' }, 'b'],
    [
      'has something played into its bridge',
      { variable_current_application: 'playback', variable_bridge_to: 'b' },
      'b',
    ],
    ['was joined by uuid_bridge', { 'Channel-State': 'CS_SOFT_EXECUTE', variable_bridge_to: 'b' }, 'b'],
    ['is about to be', { 'Channel-State': 'CS_HIBERNATE', variable_signal_bond: 'b' }, 'b'],
    [
      'was in a bridge before',
      { variable_signal_bond: 'b', variable_bridge_uuid: 'b', variable_last_bridge_to: 'b' },
      undefined,
    ],
    ['is bridged to one who is gone', { variable_bridge_to: 'c' }, undefined],
  ] as const)
    it(`${partner === undefined ? 'does not talk' : 'talks'} when it ${what}`, () => {
      const channel = learned(dump);
      expect(channel.bridged).to.equal(partner !== undefined);
      if (partner !== undefined) expect(channel.otherLeg).to.equal(partner);
    });
});
