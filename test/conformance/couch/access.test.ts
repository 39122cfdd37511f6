// Who may do what: basic and cookie authentication, users, and the security of a database.
import { expect } from 'chai';
import { type Couch, startServer } from './server.ts';

describe('CouchDB conformance: access', () => {
  let couch: Couch;
  let db: string;
  const name = `user-${crypto.randomUUID()}`;
  const user = { authorization: `Basic ${Buffer.from(`${name}:secret`).toString('base64')}` };
  const nobody = { authorization: '' };

  before(async () => {
    couch = await startServer();
    db = await couch.database();
    await couch.send('PUT', `${db}/doc`, { n: 1 });
    const doc = { name, password: 'secret', roles: ['tester'], type: 'user' };
    const { status } = await couch.send('PUT', `/_users/org.couchdb.user:${name}`, doc);
    expect(status).to.equal(201);
  });
  after(async () => {
    const path = `/_users/org.couchdb.user:${name}`;
    const { body } = await couch.send('GET', path);
    await couch.send('DELETE', `${path}?rev=${body._rev}`);
    await couch.stop();
  });

  const get = (path: string, headers: Record<string, string>) => couch.send('GET', path, undefined, headers);

  it('shuts strangers out, with a reason', async () => {
    expect((await get('/', nobody)).status).to.equal(200);
    expect((await get('/_up', nobody)).status).to.equal(200);
    const refused = await get('/_all_dbs', nobody);
    expect([refused.status, refused.body.reason]).to.deep.equal([401, 'You are not a server admin.']);
    expect((await get(db, nobody)).body.reason).to.equal('You are not authorized to access this db.');
    const wrong = { authorization: `Basic ${Buffer.from(`${couch.user}:wrong!`).toString('base64')}` };
    const answer = await get('/_all_dbs', wrong);
    expect([answer.status, answer.body.reason]).to.deep.equal([401, 'Name or password is incorrect.']);
  });

  it('opens a session by cookie', async () => {
    const login = await couch.send(
      'POST',
      '/_session',
      { name: couch.user, password: couch.password },
      nobody,
    );
    expect(login.body).to.deep.include({ ok: true, roles: ['_admin'] });
    const cookie = login.headers.get('set-cookie')!.split(';')[0]!;
    expect(cookie).to.match(/^AuthSession=.+/);
    const session = await get('/_session', { ...nobody, cookie });
    expect(session.body.userCtx).to.deep.equal({ name: couch.user, roles: ['_admin'] });
    expect(session.body.info.authenticated).to.equal('cookie');
    expect((await get(db, { ...nobody, cookie })).status).to.equal(200);
    expect((await get(db, { ...nobody, cookie: `${cookie}x` })).status).to.be.within(400, 401);
    const form = { ...nobody, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await couch.send('POST', '/_session', `name=${name}&password=secret`, form)).status).to.equal(
      200,
    );
    expect((await couch.send('POST', '/_session', `name=${name}&password=no`, form)).status).to.equal(401);
    expect((await couch.send('DELETE', '/_session')).headers.get('set-cookie')).to.match(/^AuthSession=;/);
    expect((await get('/_session', nobody)).body.userCtx).to.deep.equal({ name: null, roles: [] });
  });

  it('hashes the passwords of users', async () => {
    const { body } = await couch.send('GET', `/_users/org.couchdb.user:${name}`);
    expect(body).to.not.have.property('password');
    expect(body.password_scheme).to.equal('pbkdf2');
    expect((await get('/_session', user)).body.userCtx).to.deep.equal({ name, roles: ['tester'] });
  });

  it('lets members in and keeps design documents to administrators', async () => {
    const refused = await get(`${db}/doc`, user);
    expect([refused.status, refused.body.error]).to.deep.equal([403, 'forbidden']);
    await couch.send('PUT', `${db}/_security`, { members: { names: [], roles: ['tester'] } });
    expect((await get(`${db}/doc`, user)).status).to.equal(200);
    expect((await couch.send('PUT', `${db}/mine`, {}, user)).status).to.equal(201);
    expect((await couch.send('PUT', `${db}/_design/d`, {}, user)).status).to.be.within(401, 403);
    const opened = await couch.send('PUT', `${db}/_security`, { members: { names: [name] } }, user);
    expect(opened.status).to.be.within(401, 500);
    expect((await couch.send('DELETE', db, undefined, user)).status).to.equal(401);
    expect((await couch.send('PUT', couch.name(), undefined, user)).status).to.equal(401);
    await couch.send('PUT', `${db}/_security`, { admins: { names: [name] }, members: { roles: ['tester'] } });
    expect((await couch.send('PUT', `${db}/_design/d`, {}, user)).status).to.equal(201);
  });
});
