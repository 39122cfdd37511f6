// record_call: what the switch is told, and that a repeated one goes on with the same recording.
import { expect } from 'chai';
import { node, withBench } from '../testing/bench.ts';
import { Pair } from '../testing/pair.ts';

describe('callflow: record_call', () => {
  const bench = withBench();

  it('starts a recording of its own name and goes on', async () => {
    const data = {
      action: 'start',
      label: 'sales',
      media_name: 'talk',
      time_limit: 60,
      url: 'http://x.example/y',
    };
    const routed = await bench.call(node('record_call', { ...data, method: 'post', record_min_sec: 3 }));
    await routed.next('hangup');
    const [command] = routed.commands;
    expect(command).to.include({
      'Record-Action': 'start',
      'Media-Recorder': 'kz_media_recording',
      'Follow-Transfer': true,
      'Time-Limit': 60,
      'Record-Min-Sec': 3,
    });
    expect(command?.['Media-Recording-ID']).to.match(/^\d{6}-[0-9a-f]{32}$/);
    expect(command?.['Media-Name']).to.equal(`${command?.['Media-Recording-ID']}.wav`);
    expect(command?.['Recording-Variables']).to.deep.equal({
      Name: 'talk',
      Data: { origin: 'callflow : sales', method: 'post', url: 'http://x.example/y' },
    });
  });

  it('is named after its callflow, and may wait for an answer or a bridge', async () => {
    await bench.saveFlow(['2000'], node('record_call', { record_on_bridge: true, format: 'mp3' }), {
      name: 'Main',
    });
    const routed = await bench.fake.route({ accountId: 'ab'.repeat(16), number: '2000' });
    await routed?.next('hangup');
    const [command] = routed?.commands ?? [];
    expect(command?.['Record-On']).to.equal('bridge');
    expect(command?.['Media-Name']).to.match(/\.mp3$/);
    expect(command?.['Recording-Variables'].Data.origin).to.equal('callflow : Main');
  });

  it('masks, unmasks and stops the last one; a switch that refuses does not end the flow', async () => {
    const flow = node(
      'record_call',
      { action: 'mask' },
      {
        _: node(
          'record_call',
          { action: 'unmask' },
          { _: node('record_call', { action: 'stop' }, { _: node('noop') }) },
        ),
      },
    );
    const routed = await bench.call(flow, {
      prepare: (it) => it.on('record_call', ({ 'Record-Action': what }) => (what === 'stop' ? 'refuse' : {})),
    });
    await routed.next('noop');
    expect(routed.commands.map((it) => it['Record-Action']).slice(0, 3)).to.deep.equal([
      'mask',
      'unmask',
      'stop',
    ]);
  });
});

describe('callflow: record_call that is repeated', () => {
  it('begins the same recording, not a second one', async () => {
    const pair = await Pair.open();
    const routed = await pair.call(node('record_call', {}, { _: node('noop') }), (it) =>
      it.on('record_call', () => 'wait'),
    );
    const first = await routed.next('record_call');
    await pair.dies(routed);
    routed.on('record_call', () => ({}));
    const again = await routed.next('record_call');
    expect(again['Media-Recording-ID']).to.equal(first['Media-Recording-ID']);
    await routed.next('hangup');
    await pair.close();
  });
});
