// Databases: names with slashes, creation, deletion, information, and their settings.
import { expect } from 'chai';
import { eventually } from '../../e2e/eventually.ts';
import { type Couch, startServer } from './server.ts';

describe('CouchDB conformance: databases', () => {
  let couch: Couch;
  before(async () => {
    couch = await startServer();
  });
  after(() => couch.stop());

  it('welcomes, is up, and gives uuids', async () => {
    expect((await couch.send('GET', '/')).body).to.include({ couchdb: 'Welcome' });
    expect((await couch.send('GET', '/_up')).body.status).to.equal('ok');
    const { body } = await couch.send('GET', '/_uuids?count=3');
    expect(new Set(body.uuids).size).to.equal(3);
    for (const uuid of body.uuids) expect(uuid).to.match(/^[0-9a-f]{32}$/);
    expect((await couch.send('GET', '/_active_tasks')).body).to.be.an('array');
  });

  it('makes, tells of, lists and deletes a database with slashes in its name', async () => {
    const path = couch.name();
    const name = decodeURIComponent(path.slice(1));
    const created = await couch.send('PUT', `${path}?q=1&n=1`);
    expect([created.status, created.body]).to.deep.equal([201, { ok: true }]);
    expect(created.headers.get('location')).to.equal(couch.url + path);
    const again = await couch.send('PUT', path);
    expect([again.status, again.body.error]).to.deep.equal([412, 'file_exists']);
    const info = await couch.send('GET', path);
    expect(info.body).to.include({ db_name: name, doc_count: 0 });
    expect(info.body.instance_start_time).to.match(/^\d+$/);
    expect(info.body.update_seq).to.match(/^0-/);
    expect((await couch.send('HEAD', path)).status).to.equal(200);
    expect((await couch.send('GET', '/_all_dbs')).body).to.include(name);
    const listed = await couch.send('POST', '/_dbs_info', { keys: [name, 'nothing-here'] });
    expect(listed.body[0].info.db_name).to.equal(name);
    expect(listed.body[1]).to.deep.equal({ key: 'nothing-here', error: 'not_found' });
    expect((await couch.send('DELETE', path)).body).to.deep.equal({ ok: true });
    expect((await couch.send('HEAD', path)).status).to.equal(404);
    expect((await couch.send('GET', path)).body.reason).to.equal('Database does not exist.');
    expect((await couch.send('DELETE', path)).status).to.equal(404);
  });

  it('keeps a/b, a%2Fb and ab apart', async () => {
    const [one, two] = [`${couch.name()}`, `${couch.name()}`];
    const joined = one.replaceAll('%2F', '');
    for (const path of [one, two, joined]) expect((await couch.send('PUT', path)).status).to.equal(201);
    await couch.send('PUT', `${one}/here`, {});
    expect((await couch.send('GET', `${joined}/here`)).status).to.equal(404);
    expect((await couch.send('GET', `${two}/here`)).status).to.equal(404);
    await couch.send('DELETE', joined);
    expect((await couch.send('GET', `${one}/here`)).status).to.equal(200);
  });

  it('holds its documents apart when it is made again', async () => {
    const path = await couch.database();
    await couch.send('PUT', `${path}/old`, {});
    await couch.send('DELETE', path);
    // The nodes of a cluster hear of it one after the other.
    await eventually(async () => expect((await couch.send('PUT', path)).status).to.equal(201));
    expect((await couch.send('GET', `${path}/old`)).body.reason).to.equal('missing');
  });

  it('takes the names CouchDB takes and refuses the others', async () => {
    const good = `${couch.name()}%2F%2B1415(a)_$-`;
    expect((await couch.send('PUT', good)).status).to.equal(201);
    await couch.send('DELETE', good);
    for (const name of ['ABC', '_foo', '1a', 'a%20b', 'a.b', '%2Fa']) {
      const { status, body } = await couch.send('PUT', `/${name}`);
      expect([name, status, body.error]).to.deep.equal([name, 400, 'illegal_database_name']);
    }
    expect((await couch.send('PUT', `/${'a'.repeat(300)}`)).body.error).to.equal('database_name_too_long');
    expect((await couch.send('GET', '/ABC')).status).to.equal(404);
    expect((await couch.send('GET', '/_nope')).status).to.equal(404);
  });

  it('keeps a security object and a revision limit', async () => {
    const path = await couch.database();
    const security = { admins: { names: ['a'], roles: [] }, members: { names: [], roles: ['m'] } };
    expect((await couch.send('PUT', `${path}/_security`, security)).body).to.deep.equal({ ok: true });
    expect((await couch.send('GET', `${path}/_security`)).body).to.deep.equal(security);
    expect((await couch.send('GET', `${path}/_revs_limit`)).body).to.equal(1000);
    expect((await couch.send('PUT', `${path}/_revs_limit`, '77')).body).to.deep.equal({ ok: true });
    expect((await couch.send('GET', `${path}/_revs_limit`)).body).to.equal(77);
  });

  it('compacts, cleans up and commits', async () => {
    const path = await couch.database();
    const json = { 'content-type': 'application/json' };
    expect((await couch.send('POST', `${path}/_compact`, undefined, json)).status).to.equal(202);
    expect((await couch.send('POST', `${path}/_view_cleanup`, undefined, json)).status).to.equal(202);
    const commit = await couch.send('POST', `${path}/_ensure_full_commit`, undefined, json);
    expect([commit.status, commit.body.ok]).to.deep.equal([201, true]);
    expect((await couch.send('POST', `${path}/_compact`)).status).to.equal(415);
  });

  it('answers 405 with the verbs that are allowed', async () => {
    const path = await couch.database();
    const { status, headers, body } = await couch.send('PATCH', path);
    expect([status, body.error]).to.deep.equal([405, 'method_not_allowed']);
    expect(headers.get('allow')).to.equal('DELETE,GET,HEAD,POST');
    expect((await couch.send('DELETE', `${path}/_all_docs`)).status).to.equal(405);
    expect((await couch.send('DELETE', `${path}?rev=1-a`)).status).to.equal(400);
  });
});
