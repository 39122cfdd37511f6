// Rates: decks, files, and what a call to a number costs.
import { expect } from 'chai';
import { rate } from '../../../core/documents/index.ts';
import { badInputs } from '../testing/bad-input.ts';
import type { Answer } from '../testing/rest.ts';
import { tenants } from '../testing/tenants.ts';

describe('rates', () => {
  const { rest, tenant } = tenants();

  const send = (method: string, path = '', data?: unknown): Promise<Answer> =>
    rest.send(method, `rates${path}`, data, { token: rest.master.token });
  const upload = (verb: string, path: string, raw: string, type = 'text/csv'): Promise<Answer> =>
    rest.send(verb, `rates${path}`, undefined, {
      token: rest.master.token,
      raw,
      headers: { 'content-type': type },
    });
  const outcome = ({ status, body }: Answer): unknown => [status, body.data];

  it('are kept, listed, changed and removed, by superdupers', async () => {
    const made = await send('PUT', '', { prefix: 44, rate_cost: 0.5, rate_name: 'UK' });
    expect([made.status, made.body.data.routes]).to.deep.equal([201, ['^\\+?44.+$']]);
    const { id } = made.body.data;
    expect((await send('GET')).body.data).to.deep.equal([{ id, name: 'UK', cost: 0.5, prefix: 44 }]);
    expect((await send('PATCH', `/${id}`, { rate_cost: '0.6' })).body.data.rate_cost).to.equal(0.6);
    const { body } = await send('POST', `/${id}`, { prefix: 44, rate_cost: 1, routes: ['^\\+44'] });
    expect(body.data)
      .to.deep.include({ rate_cost: 1, routes: ['^\\+44'] })
      .and.not.have.property('rate_name');
    expect((await send('DELETE', `/${id}`)).status).to.equal(200);
    expect((await send('GET', `/${id}`)).status).to.equal(404);
    for (const [verb, path] of [
      ['GET', ''],
      ['PUT', ''],
      ['POST', ''],
      ['GET', '/ratedecks'],
    ] as const)
      expect(
        (await rest.send(verb, `rates${path}`, verb === 'GET' ? undefined : {}, { token: tenant.token }))
          .status,
      ).to.equal(403);
  });

  for (const { path, code, data } of badInputs(rate.schema, { prefix: 1, rate_cost: 1 }))
    it(`refuse ${path}: ${code}`, async () => {
      const { status, body } = await send('PUT', '?ratedeck_id=bad', data);
      expect([status, Object.keys(body.data[path] ?? {})]).to.deep.equal([400, [code]]);
    });

  it('stand in decks of their own', async () => {
    expect((await send('GET', '?ratedeck_id=west')).status).to.equal(404);
    await send('PUT', '?ratedeck_id=west', { prefix: 49, rate_cost: 2 });
    expect((await send('GET', '?ratedeck_id=west')).body.data).to.have.length(1);
    expect((await send('GET', '?ratedeck_id=ratedeck-west')).body.data).to.have.length(1);
    expect((await send('GET')).body.data).to.have.length(0);
    const { data } = (await send('GET', '/ratedecks')).body;
    expect(data.default_ratedeck).to.equal('ratedeck');
    expect(data.ratedecks).to.include.members(['ratedeck', 'ratedeck-west']);
    for (const id of ['../accounts', 'A', '%2F'])
      expect((await send('GET', `?ratedeck_id=${id}`)).body.data).to.have.nested.property(
        'ratedeck_id.pattern',
      );
  });

  it('come as a file, and again as another', async () => {
    const head = 'prefix,iso_country_code,rate_cost,rate_name,direction,routes';
    const first = `${head}\n1,US,0.01,USA,inbound;outbound,\n1415,US,0.02,"San Francisco, CA",,"[""^\\\\+1415""]"\n`;
    expect(outcome(await upload('PUT', '?ratedeck_id=file', first))).to.deep.equal([
      201,
      { created: 2, replaced: 0 },
    ]);
    expect((await send('GET', '/US-1415?ratedeck_id=file')).body.data).to.deep.include({
      prefix: 1415,
      rate_cost: 0.02,
      rate_name: 'San Francisco, CA',
      routes: ['^\\+1415'],
    });
    expect((await send('GET', '/US-1?ratedeck_id=file')).body.data.direction).to.deep.equal([
      'inbound',
      'outbound',
    ]);
    const second = 'prefix,iso_country_code,rate_cost\n1,US,0.03\n44,GB,0.1\n';
    expect(outcome(await upload('POST', '?ratedeck_id=file', second))).to.deep.equal([
      200,
      { created: 1, replaced: 1 },
    ]);
    expect((await send('GET', '/US-1?ratedeck_id=file')).body.data.rate_cost).to.equal(0.03);
    const csv = await rest.send('GET', 'rates?ratedeck_id=file&accept=csv', undefined, {
      token: rest.master.token,
    });
    expect(csv.text.split('\r\n')).to.have.length(5);
  });

  it('come from a file that is right, or not at all', async () => {
    const bad = await upload('POST', '', 'prefix,rate_cost\n7,0.1\nx,0.2\n8,-1\n9,\n');
    expect(bad.status).to.equal(400);
    expect(Object.keys(bad.body.data)).to.deep.equal([
      'rows.2.prefix',
      'rows.3.rate_cost',
      'rows.4.rate_cost',
    ]);
    expect((await send('GET', '?prefix=7')).body.data).to.deep.equal([]);
    for (const text of ['prefix,rate_cost\n', 'prefix,rate_cost\n"1,2\n'])
      expect((await upload('POST', '', text)).body.data, text).to.have.nested.property('csv.format');
    expect((await upload('POST', '', 'x', 'image/png')).status).to.equal(415);
    expect((await upload('POST', '?ratedeck_id=none', 'prefix,rate_cost\n1,1\n')).status).to.equal(404);
  });

  it('say what a call to a number costs, to everybody', async () => {
    const rows = [
      'prefix,rate_cost,rate_surcharge,rate_minimum,rate_increment,direction,caller_id_numbers,weight,rate_name',
      '1,0.01,,,,,,,North America',
      '1415,0.02,0.1,30,6,,,,San Francisco',
      '1212,0.05,,,,inbound,,,In',
      '33,0.07,,,,,^\\+1415,,From there',
    ];
    expect((await upload('PUT', '', `${rows.join('\n')}\n`)).status).to.equal(201);
    const ask = (number: string, query = '') => tenant.send('GET', `rates/number/${number}${query}`);
    expect((await ask('4155550100')).body.data).to.deep.equal({
      'Base-Cost': 0.11,
      'E164-Number': '+14155550100',
      Prefix: '1415',
      Rate: 0.02,
      'Rate-Increment': 6,
      'Rate-Minimum': 30,
      'Rate-Name': 'San Francisco',
      'Ratedeck-ID': 'ratedeck',
      Surcharge: 0.1,
    });
    const nameOf = async (answer: Promise<Answer>) => (await answer).body.data['Rate-Name'];
    expect(await nameOf(ask('+12125550100', '?direction=inbound'))).to.equal('In');
    expect(await nameOf(ask('+12125550100', '?direction=outbound'))).to.equal('North America');
    expect(await nameOf(ask('+33123456789', '?caller_id_number=%2B14155550100'))).to.equal('From there');
    expect((await ask('+33123456789', '?caller_id_number=%2B4420')).status).to.equal(404);
    expect((await ask('+4930123456')).status).to.equal(404);
    expect((await ask('+49301234567', '?ratedeck_id=west')).body.data.Rate).to.equal(2);
    expect((await ask('abc')).status).to.equal(404);
    expect(
      (await rest.send('GET', 'rates/number/4155550100', undefined, { token: tenant.token })).status,
    ).to.equal(200);
    expect(
      (await send('GET', '?prefix=1415')).body.data.map((one: { prefix: number }) => one.prefix),
    ).to.deep.equal([1, 1415]);
    expect((await send('GET', '?prefix=x')).body.data).to.have.nested.property('prefix.pattern');
  });
});
