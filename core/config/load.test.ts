// Settings: where they come from, and what is said of wrong ones.
import { expect } from 'chai';
import type { AppError } from '../errors/index.ts';
import { loadSettings } from './index.ts';

describe('settings', () => {
  const complaint = (environment: Record<string, string>): string => {
    try {
      loadSettings({ environment });
    } catch (error) {
      return (error as AppError).message;
    }
    throw new Error('nothing was wrong');
  };

  it('come from the environment over the defaults', () => {
    const { rest, bus } = loadSettings({
      environment: { MIRLITON_REST_PORT: '8001', MIRLITON_BUS_URLS: 'amqp://a,amqps://b:5671/zone' },
    });
    expect([rest.port, rest.host]).to.deep.equal([8001, '127.0.0.1']);
    expect(bus.urls).to.deep.equal(['amqp://a', 'amqps://b:5671/zone']);
  });

  it('name the first that is wrong', () => {
    expect(complaint({ MIRLITON_REST_PORT: 'high' })).to.equal('setting rest.port must be integer');
    expect(complaint({ MIRLITON_BUS_URLS: 'rabbit:5672' })).to.match(/^setting bus\.urls\.0 must match/);
    expect(complaint({ MIRLITON_STORE_URLS: 'amqp://a' })).to.match(/^setting store\.urls\.0 must match/);
  });

  it('refuse an empty range of media ports', () => {
    expect(complaint({ MIRLITON_SWITCH_RTPMIN: '200', MIRLITON_SWITCH_RTPMAX: '100' })).to.equal(
      'setting switch.rtpMin (200) is above switch.rtpMax (100)',
    );
  });
});
