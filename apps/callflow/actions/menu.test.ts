// callflow on a bus in memory: the IVR menu.
import { expect } from 'chai';
import { accountId, node, withBench } from '../testing/bench.ts';

describe('callflow: menu', () => {
  const bench = withBench();
  const menu = (extra: object = {}) =>
    bench.save({
      _id: 'menu1',
      pvt_type: 'menu',
      name: 'm',
      retries: 2,
      timeout: 40,
      interdigit_timeout: 40,
      max_extension_length: 4,
      media: { greeting: 'greet' },
      ...extra,
    });
  const children = {
    1: node('response', { code: 481 }),
    timeout: node('response', { code: 482 }),
    _: node('response', { code: 483 }),
  };

  it('plays the greeting and goes to the child of the digits', async () => {
    await menu();
    const routed = await bench.call(node('menu', { id: 'menu1' }, children), {
      prepare: (it) =>
        it.on('play', async () => {
          await it.digits('1#');
          return {};
        }),
    });
    expect((await routed.next('respond'))['Response-Code']).to.equal(481);
    expect(routed.commands.find((it) => it['Application-Name'] === 'play')?.['Media-Name']).to.equal(
      `/${accountId}/greet`,
    );
  });

  it('takes the timeout child, or retries and then _', async () => {
    await menu();
    const routed = await bench.call(node('menu', { id: 'menu1' }, children));
    expect((await routed.next('respond'))['Response-Code']).to.equal(482);
  });

  it('says invalid, counts down, and takes max_retries', async () => {
    await menu();
    const flow = node(
      'menu',
      { id: 'menu1' },
      { 1: node('noop'), max_retries: node('response', { code: 484 }) },
    );
    const routed = await bench.call(flow, {
      prepare: (it) =>
        it.on('play', async (command) => {
          if (String(command['Media-Name']).endsWith('/greet')) await it.digits('9#');
          return {};
        }),
    });
    expect((await routed.next('respond'))['Response-Code']).to.equal(484);
    const played = routed.commands
      .filter((it) => it['Application-Name'] === 'play')
      .map((it) => String(it['Media-Name']).split('/').slice(-2).join('/'));
    expect(played).to.deep.equal([
      `${accountId}/greet`,
      'menu-invalid_entry/en-us',
      `${accountId}/greet`,
      'menu-invalid_entry/en-us',
      'menu-exit/en-us',
    ]);
  });

  it('hunts for an extension, within hunt_allow and hunt_deny, and never into no_match', async () => {
    await menu({ hunt_allow: '^3', hunt_deny: '^31' });
    await bench.saveFlow(['3000'], node('response', { code: 480 }));
    await bench.saveFlow(['3100'], node('response', { code: 480 }));
    await bench.saveFlow(['no_match'], node('response', { code: 480 }));
    await bench.saveFlow(
      ['2000'],
      node('menu', { id: 'menu1' }, { max_retries: node('response', { code: 484 }) }),
    );
    const press = async (digits: string) => {
      const routed = await bench.fake.route({
        accountId,
        number: '2000',
        prepare: (it) =>
          it.on('play', async (command) => {
            if (String(command['Media-Name']).endsWith('/greet')) await it.digits(digits);
            return {};
          }),
      });
      return (await routed?.next('respond'))?.['Response-Code'];
    };
    expect(await press('3000')).to.equal(480);
    expect(await press('3100')).to.equal(484);
    expect(await press('3999')).to.equal(484);
    expect(await press('4000')).to.equal(484);
  });

  it('records a new greeting after the pin and keeps it', async () => {
    await menu({ record_pin: '7777', retries: 1 });
    let reviews = 0;
    const routed = await bench.call(node('menu', { id: 'menu1' }, { 1: node('response', { code: 481 }) }), {
      prepare: (it) => {
        it.on('record', () => ({ Length: 4000 }));
        it.on('play', async (command) => {
          const media = String(command['Media-Name']);
          if (media.endsWith('/greet')) await it.digits('7777');
          else if (media.includes('vm-review_recording')) {
            reviews += 1;
            await it.digits('1');
          } else if (media.startsWith(`/${accountId}/`)) await it.digits('1#');
          return {};
        });
      },
    });
    expect((await routed.next('respond'))['Response-Code']).to.equal(481);
    expect(reviews).to.equal(1);
    const greeting =
      ((await bench.database.get('menu1'))['media'] as Record<string, string>)['greeting'] ?? '';
    expect(await bench.database.get(greeting)).to.include({ pvt_type: 'media', media_source: 'recording' });
    expect(
      routed.commands.find((it) => it['Application-Name'] === 'store')?.['Media-Transfer-Destination'],
    ).to.equal(`media:/${accountId}/${greeting}/greeting.wav`);
  });
});
