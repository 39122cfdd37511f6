// Lists with their entries, cards and photos; blacklists in the form that callers come in.
import { expect } from 'chai';
import { vcard } from '../people/vcard.ts';
import { tenants } from '../testing/tenants.ts';

describe('lists', () => {
  const { rest, tenant } = tenants();
  let listId: string;
  before(async () => {
    listId = (await tenant.send('PUT', 'lists', { name: 'VIPs', org: 'Acme, Inc.' })).body.data.id;
  });

  it('has entries that belong to no other list, and takes them along', async () => {
    const other = (await tenant.send('PUT', 'lists', { name: 'Others' })).body.data.id;
    const made = await tenant.send('PUT', `lists/${other}/entries`, { number: '7', list_id: listId });
    expect(made.body.data.list_id).to.equal(other);
    const id = made.body.data.id;
    expect((await tenant.send('GET', `lists/${listId}/entries/${id}`)).status).to.equal(404);
    expect((await tenant.send('DELETE', `lists/${listId}/entries/${id}`)).status).to.equal(404);
    const moved = await tenant.send('PATCH', `lists/${other}/entries/${id}`, { list_id: listId });
    expect(moved.body.data.list_id).to.equal(other);
    expect((await tenant.send('GET', `lists/${other}/entries`)).body.data).to.deep.include({
      id,
      number: '7',
    });
    expect((await tenant.send('GET', 'lists/nobody/entries')).status).to.equal(404);
    await tenant.send('DELETE', `lists/${other}`);
    expect(await rest.store.database(tenant.id).find(id, { fresh: true })).to.equal(undefined);
  });

  it('loses all entries at once', async () => {
    const path = `lists/${listId}/entries`;
    await tenant.send('PUT', path, { number: '1' });
    await tenant.send('PUT', path, { number: '2' });
    const { body } = await tenant.send('DELETE', path);
    expect(body.data).to.have.length.of.at.least(2);
    expect((await tenant.send('GET', path)).body.data).to.deep.equal([]);
    expect((await tenant.send('GET', `lists/${listId}`)).status).to.equal(200);
  });

  it('shows an entry as a card, with its photo', async () => {
    const path = `lists/${listId}/entries`;
    const data = {
      firstname: 'Zoë',
      lastname: 'O;Neil',
      displayname: 'Z',
      number: '+14155550100',
      profile: { note: 'two\nlines', addresses: [{ address: '1, Main St', types: ['home', 'pref'] }] },
    };
    const { id } = (await tenant.send('PUT', path, data)).body.data;
    const photo = Buffer.alloc(120, 7);
    const headers = { 'content-type': 'image/png' };
    const sent = await tenant.send('POST', `${path}/${id}/photo`, undefined, { raw: photo, headers });
    expect(sent.status, sent.text).to.equal(200);
    const card = await tenant.send('GET', `${path}/${id}/vcard`);
    expect(card.headers.get('content-type')).to.match(/^text\/x-vcard/);
    const lines = card.text.split('\r\n');
    expect(lines.every((line) => Buffer.byteLength(line) <= 75)).to.equal(true);
    const unfolded = card.text.replaceAll('\r\n ', '').split('\r\n');
    expect(unfolded).to.include.members([
      'BEGIN:VCARD',
      'FN:Zoë O\\;Neil',
      'N:O\\;Neil;Zoë;',
      'ORG:Acme\\, Inc.',
      `PHOTO;ENCODING=B;TYPE=PNG:${photo.toString('base64')}`,
      'NOTE:two\\nlines',
      'NICKNAME:Z',
      'TEL:+14155550100',
      'ADR;TYPE=home,pref:;;1\\, Main St;;;;',
      'END:VCARD',
    ]);
    // Types that are none are in documents of older clusters.
    const evil = vcard({ profile: { addresses: [{ address: '1', types: ['home', 'x;EVIL:'] }] } });
    expect(evil).to.include('ADR;TYPE=home:;;1;;;;');
    const html = { raw: '<p>', headers: { 'content-type': 'text/html' } };
    expect((await tenant.send('POST', `${path}/${id}/photo`, undefined, html)).status).to.equal(415);
  });

  it('of blocked callers hold their numbers in E.164', async () => {
    const numbers = { '(415) 555-0100': {}, '+44 20 7946 0018': { name: 'x' }, '1001': {} };
    const { body } = await tenant.send('PUT', 'blacklists', { name: 'b', numbers });
    expect(body.data.numbers).to.deep.equal({
      '+14155550100': {},
      '+442079460018': { name: 'x' },
      '1001': {},
    });
  });
});
