// CDRs: over months, by page, by user, as CSV, by interaction.
import { expect } from 'chai';
import { gregorian, monthDatabase, monthOf, type StoredDocument } from '../../../core/couch/index.ts';
import { type Rest, startRest, type Tenant } from '../testing/rest.ts';

const hour = 3_600_000;

describe('cdrs', () => {
  let rest: Rest;
  let tenant: Tenant;
  // Around the last turn of a month, so that two databases are read.
  const turn = new Date();
  turn.setUTCDate(1);
  turn.setUTCHours(0, 0, 0, 0);
  const ids: string[] = [];
  before(async () => {
    rest = await startRest();
    tenant = await rest.account('acme');
    for (let at = -3; at < 3; at++) {
      const time = new Date(turn.getTime() + at * hour);
      const seconds = gregorian(time);
      const _id = `${monthOf(time)}-call${at + 3}@host`;
      ids.push(_id);
      await rest.store.database(monthDatabase(tenant.id, time)).save({
        _id,
        pvt_type: 'cdr',
        pvt_created: seconds,
        timestamp: seconds,
        call_id: `call${at + 3}@host`,
        to: '1002@acme.test',
        from: at === 2 ? '=cmd()' : '1001@acme.test',
        caller_id_name: 'A, "B"',
        call_direction: 'inbound',
        duration_seconds: 5,
        custom_channel_vars: { owner_id: at % 2 === 0 ? tenant.userId : 'x', account_id: tenant.id },
        interaction_id: `${gregorian(turn)}-${at < 0 ? 'one' : 'two'}`,
        interaction_time: gregorian(turn) + Math.sign(at),
        interaction_key: at < 0 ? 'one' : 'two',
        channel_created_time: seconds,
      });
    }
  });
  after(() => rest.stop());

  const window = `created_from=${gregorian(new Date(turn.getTime() - 5 * hour))}&created_to=${gregorian(new Date(turn.getTime() + 5 * hour))}`;
  const page = async (path: string) => {
    const { body } = await tenant.send('GET', path);
    return { ids: body.data.map((row: { id: string }) => row.id), next: body.next_start_key };
  };

  it('are summed up by direction, domain, kind of number and rate', async () => {
    const other = await rest.account('sums');
    const save = (call_direction: string, billing_seconds: number, more: object) =>
      rest.store.database(monthDatabase(other.id, turn)).save({
        pvt_type: 'cdr',
        pvt_created: gregorian(turn),
        to_uri: '1002@acme.test',
        call_direction,
        billing_seconds,
        custom_channel_vars: { classifier: 'did_us', ...more },
      } as object as StoredDocument);
    await save('inbound', 10, {});
    await save('inbound', 20, { rate_name: 'cheap' });
    await save('inbound', 30, { rate_name: 'cheap' });
    await save('outbound', 40, { classifier: 'tollfree_us' });
    const { body } = await other.send('GET', `cdrs/summary?${window}&page_size=2`);
    expect(body.data).to.deep.equal({
      inbound: { 'acme.test': { did_us: { total: 60, cheap: 50 } } },
      outbound: { 'acme.test': { tollfree_us: { total: 40 } } },
    });
    expect((await tenant.send('GET', 'cdrs/summary?created_from=x')).status).to.equal(400);
  });

  it('come newest first, page by page over the months', async () => {
    const first = await page(`cdrs?${window}&page_size=2`);
    const second = await page(`cdrs?${window}&page_size=2&start_key=${first.next}`);
    const third = await page(`cdrs?${window}&page_size=2&start_key=${second.next}`);
    expect([...first.ids, ...second.ids, ...third.ids]).to.deep.equal([...ids].reverse());
    expect(third.next).to.equal(undefined);
    expect((await page(`cdrs?${window}&ascending=true`)).ids).to.deep.equal(ids);
    expect((await page(`cdrs?${window}&filter_call_id=call4@host`)).ids).to.deep.equal([ids[4]]);
  });

  it('belong to users as well', async () => {
    const { ids: own } = await page(`users/${tenant.userId}/cdrs?${window}`);
    expect(own).to.deep.equal([ids[5], ids[3], ids[1]]);
    expect((await tenant.send('GET', `users/${'0'.repeat(32)}/cdrs`)).status).to.equal(404);
    const start = Buffer.from(JSON.stringify([['x', 0], ''])).toString('base64url');
    expect((await tenant.send('GET', `users/${tenant.userId}/cdrs?start_key=${start}`)).status).to.equal(404);
  });

  it('say the same in the lists of the account, of the user and of the interaction', async () => {
    const other = await rest.account('alike');
    const vars = {
      owner_id: other.userId,
      account_billing: 'allotment_inbound',
      authorizing_id: 'a',
      bridge_id: 'b',
      call_priority: 1,
      cost: 5,
      rate: 2,
      rate_name: 'cheap',
      recording_url: 'http://host/r.mp3',
    };
    const common = { media_recordings: ['r', 's'], media_server: 'm', from: 7, custom_channel_vars: vars };
    await rest.store.database(monthDatabase(other.id, turn)).save({
      _id: `${monthOf(turn)}-alike`,
      pvt_type: 'cdr',
      pvt_created: gregorian(turn),
      interaction_id: `${gregorian(turn)}-alike`,
      interaction_time: gregorian(turn),
      interaction_key: 'alike',
      call_direction: 'outbound',
      ...common,
    });
    const lists = ['cdrs', `users/${other.userId}/cdrs`, 'cdrs/interaction', 'cdrs?filter_media_server=m'];
    const rows = await Promise.all(
      lists.map(async (path) => {
        const { body } = await other.send('GET', `${path}${path.includes('?') ? '&' : '?'}${window}`);
        return body.data;
      }),
    );
    expect(rows[0]).to.have.length(1);
    const { owner_id, account_billing: call_type, ...told } = vars;
    const [row] = rows[0];
    expect(row).to.include({ ...told, owner_id, call_type, media_recordings: 'r,s', direction: 'outbound' });
    expect(row).to.include({ timestamp: gregorian(turn), calling_from: '', id: `${monthOf(turn)}-alike` });
    for (const others of rows.slice(1)) expect(others).to.deep.equal(rows[0]);
  });

  it('are read one by one, from their own account', async () => {
    const { body } = await tenant.send('GET', `cdrs/${encodeURIComponent(ids[0] ?? '')}`);
    expect(body.data).to.include({ id: ids[0], call_id: 'call0@host' });
    for (const id of ['call0@host', '209913-x', `${monthOf(turn)}-none`])
      expect((await tenant.send('GET', `cdrs/${encodeURIComponent(id)}`)).status).to.equal(404);
    const other = await rest.account('other');
    expect((await other.send('GET', `cdrs/${encodeURIComponent(ids[0] ?? '')}`)).status).to.equal(404);
    expect((await other.send('GET', 'cdrs')).body.data).to.deep.equal([]);
  });

  it('have the columns of Kazoo, also as CSV', async () => {
    const { body } = await tenant.send('GET', `cdrs?${window}`);
    expect(Object.keys(body.data[0]).slice(0, 4)).to.deep.equal([
      'id',
      'call_id',
      'caller_id_number',
      'caller_id_name',
    ]);
    expect(body.data[0]).to.include({
      direction: 'inbound',
      dialed_number: '1002',
      iso_8601: turn.toISOString().slice(0, 10),
    });
    const { text, headers } = await tenant.send('GET', `cdrs?${window}&utc_offset=3600`, undefined, {
      headers: { accept: 'text/csv' },
    });
    expect(headers.get('content-type')).to.include('text/csv');
    const lines = text.trimEnd().split('\r\n');
    expect(lines).to.have.length(7);
    expect(lines[0]).to.match(/^id,call_id,caller_id_number/);
    expect(lines[1]).to.include('"A, ""B"""').and.to.include(`'=cmd()`);
    expect(
      (await tenant.send('GET', `cdrs?${window}&accept=csv&file_name=../x.csv`)).headers.get(
        'content-disposition',
      ),
    ).to.equal('attachment; filename=".._x.csv"');
  });

  it('are grouped by interaction, with all their legs', async () => {
    const { ids: firsts } = await page(`cdrs/interaction?${window}`);
    expect(firsts).to.have.members([ids[0], ids[3], ids[4]]);
    const interaction = `${gregorian(turn)}-two`;
    expect((await page(`cdrs/legs/${interaction}`)).ids).to.deep.equal([ids[3], ids[4], ids[5]]);
    expect((await page(`cdrs/legs/${encodeURIComponent(ids[4] ?? '')}`)).ids).to.have.length(3);
    expect((await tenant.send('GET', 'cdrs/legs/nothing')).status).to.equal(404);
  });

  it('want a window of at most a month', async () => {
    const { body } = await tenant.send('GET', `cdrs?created_from=1&created_to=${gregorian()}`);
    expect(body.data).to.have.nested.property('created_from.date_range');
    expect(
      (await page(`cdrs?created_from=${gregorian(new Date(turn.getTime() + 1.5 * hour))}`)).ids,
    ).to.deep.equal([ids[5]]);
  });
});
