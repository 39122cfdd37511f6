// What another process may have begun on a leg.
import { expect } from 'chai';
import { Past, unheard } from './past.ts';

const end = (id: string) => ({ 'Event-Name': 'CHANNEL_EXECUTE_COMPLETE', 'Application-UUID': id });
const dump = (application: string, data: string, response?: string) => ({
  variable_current_application: application,
  variable_current_application_data: data,
  ...(response === undefined ? {} : { variable_current_application_response: response }),
});

describe('the past of a leg', () => {
  it('keeps the last few ends', () => {
    const past = new Past();
    for (const id of ['1', '2', '3', '4', '5']) past.add(end(id));
    expect(past.find('1')).to.equal(undefined);
    expect(past.find('5')).to.deep.equal(end('5'));
  });

  it('forgets an end that the owner has lived to acknowledge', () => {
    const past = new Past();
    past.add(end('1'));
    for (let beat = 0; beat < 4; beat += 1) past.age();
    past.add(end('2'));
    for (let beat = 0; beat < 4; beat += 1) past.age();
    expect(past.find('1')).to.equal(undefined);
    expect(past.find('2')).to.deep.equal(end('2'));
  });

  it('counts the rounds of what plays again and again', () => {
    const past = new Past();
    expect(past.rounds('quiet:m')).to.equal(0);
    past.add(end('quiet:m:8'));
    past.add(end('quiet:m:9'));
    past.add(end('other'));
    expect(past.rounds('quiet:m')).to.equal(9);
    expect(past.rounds('quiet:other')).to.equal(0);
  });

  it('says once what may be running', () => {
    const past = new Past();
    expect(past.mayBeRunning('sleep', '100', false)).to.equal(false);
    past.read(dump('sleep', '100'));
    expect(past.mayBeRunning('sleep', '100', false)).to.equal(true);
    expect(past.mayBeRunning('sleep', '100', false)).to.equal(false);
    past.read(dump('sleep', '200'));
    expect(past.mayBeRunning('sleep', '100', false)).to.equal(false);
    past.read(dump('playback', 'http://a/x.wav', 'FILE PLAYED'));
    expect(past.mayBeRunning('playback', 'http://a/x.wav', false)).to.equal(false);
    past.read(dump('playback', 'http://a/x.wav'));
    expect(past.mayBeRunning('playback', 'http://b/x.wav', false)).to.equal(true);
  });

  it('knows the command that was over before the leg was taken up', () => {
    const past = new Past();
    expect(past.endedUnheard('m', 'playback')).to.equal(undefined);
    past.read({ ...dump('playback', 'x.wav'), variable_mirliton_command: 'm' });
    expect(past.endedUnheard('m', 'playback'), 'it runs').to.equal(undefined);
    past.read({ ...dump('playback', 'x.wav', 'FILE PLAYED'), variable_mirliton_command: 'm' });
    expect(past.endedUnheard('m', 'playback')).to.be.an('object');
    expect(past.endedUnheard('other', 'playback')).to.equal(undefined);
    expect(past.endedUnheard('m', 'say')).to.equal(undefined);
    past.read({ ...dump('set', 'mirliton_ended=m', 'FILE PLAYED'), variable_mirliton_ended: 'm' });
    expect(past.endedUnheard('m', 'playback'), 'another was there in between').to.be.an('object');
  });

  it('takes a bridge for running only when another leg is there, or it is the very same', () => {
    const past = new Past();
    for (const [data, hasOtherLeg, running] of [
      ['[a]x', true, true],
      ['[b]x', true, true],
      ['[b]x', false, false],
      ['[a]x', false, true],
    ] as const) {
      past.read(dump('bridge', '[a]x'));
      expect(past.mayBeRunning('bridge', data, hasOtherLeg)).to.equal(running);
    }
  });

  it('takes a bridge for running though something was played into it', () => {
    const past = new Past();
    past.read(dump('playback', 'x.wav', 'FILE PLAYED'));
    expect(past.mayBeRunning('bridge', '[a]x', true)).to.equal(true);
    past.read(dump('playback', 'x.wav', 'FILE PLAYED'));
    expect(past.mayBeRunning('bridge', '[a]x', false)).to.equal(false);
  });

  it('makes of a later event the end that was not heard', () => {
    const later = { ...dump('set', 'a=b', 'FILE PLAYED'), variable_playback_terminator_used: '#' };
    expect(unheard(later, 'm1', 'playback', 'x.wav')).to.include({
      'Event-Name': 'CHANNEL_EXECUTE_COMPLETE',
      'Application-UUID': 'm1',
      Application: 'playback',
      'Application-Response': 'FILE PLAYED',
      variable_playback_terminator_used: '#',
    });
  });
});
