// The samples that the REST API shows are what the app really sends.
import { expect } from 'chai';
import { hookSamples, hookTypes } from '../../../core/hooks/index.ts';
import { channel } from './channel.ts';
import { parking } from './parking.ts';
import type { AccountDocument } from './source.ts';

const account = { _id: 'a'.repeat(32), name: 'a' } as AccountDocument;

describe('samples of webhooks', () => {
  it('are there for every kind', () => {
    expect(Object.keys(hookSamples).sort()).to.deep.equal(hookTypes.map(({ id }) => id).sort());
  });

  for (const [name, source] of [
    ['CHANNEL_CREATE', channel],
    ['CHANNEL_ANSWER', channel],
    ['CHANNEL_BRIDGE', channel],
    ['CHANNEL_DESTROY', channel],
    ['PARK_PARKED', parking],
  ] as const)
    it(`${name} has the keys of its sample`, () => {
      const event = { 'Event-Category': 'call_event', 'Event-Name': name, 'Call-ID': 'c' };
      const sample = hookSamples[source === parking ? 'parking' : name.toLowerCase()]?.[0] ?? {};
      const payload = source.payloadOf(event as never, account);
      expect(Object.keys(payload).sort()).to.deep.equal(Object.keys(sample).sort());
    });
});
