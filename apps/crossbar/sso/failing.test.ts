// What a provider of identities can do wrong: the client is told that it was the provider, in time, and nobody gets in.
import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { type SignInBench, says, signInBench, somebody } from '../testing/sign-in.ts';

describe('a provider of identities that fails', () => {
  let bench: SignInBench;
  let made = 0;
  before(async () => {
    bench = await signInBench();
  });
  after(() => bench.stop());
  afterEach(() => bench.idp.answers.clear());

  const answer =
    (status: number, body: string, headers: Record<string, string> = {}) =>
    (response: ServerResponse): void => {
      response.writeHead(status, headers).end(body);
    };
  /** Another provider over the same server, of which nothing is remembered yet. */
  const provider = async (fields: object): Promise<{ client_id: string; provider: string }> => {
    made += 1;
    const [id, client_id] = [`p${made}`, `app${made}`];
    const { idp, master } = bench;
    const { status, text } = await master('PUT', 'auth/providers', { id, ...fields });
    expect(status, text).to.equal(201);
    await master('PUT', 'auth/apps', { client_id, provider: id, secret: idp.client.secret });
    return { client_id, provider: id };
  };

  for (const [path, name] of [
    ['/token', 'when it is asked for tokens'],
    ['/userinfo', 'when it is asked for a profile'],
  ] as const)
    it(`is told apart from a wrong code ${name}`, async () => {
      const { idp, signIn } = bench;
      const wrong: readonly [(response: ServerResponse) => void, RegExp][] = [
        [answer(503, 'away'), /answered 503/],
        [answer(200, '<html>'), /no JSON object/],
        [answer(200, '[1]'), /no JSON object/],
        [answer(200, ''), /no JSON object/],
        [answer(200, `{"a":"${'x'.repeat(300_000)}"}`), /answered too much/],
        [answer(307, '{}', { location: `${idp.url}/elsewhere` }), /does not answer/],
        [(response) => response.destroy(), /does not answer/],
      ];
      for (const [instead, words] of wrong) {
        idp.answers.set(path, instead);
        says(await signIn(somebody()), 502, words);
      }
      expect(idp.heard).not.to.include('/elsewhere');
      idp.answers.clear();
      expect((await signIn(somebody())).status).to.equal(201);
    });

  it('is not waited for without end', async () => {
    const { idp, rest, signIn } = bench;
    await rest.context.systemConfig.set('crossbar', 'auth.oauth.timeout_ms', 50);
    idp.answers.set('/token', () => undefined);
    says(await signIn(somebody()), 502, /does not answer/);
    await rest.context.systemConfig.set('crossbar', 'auth.oauth.timeout_ms', 5_000);
  });

  it('gives no token, an error in the place of one, or does not know the app', async () => {
    const { idp, signIn } = bench;
    idp.answers.set('/token', answer(200, '{}'));
    says(await signIn(somebody()), 502, /gave no token/);
    idp.answers.set('/token', answer(200, '{"error":"bad_verification_code"}'));
    says(await signIn(somebody()), 401, /does not accept the code/);
    idp.answers.set('/token', answer(401, '{"error":"invalid_client"}'));
    says(await signIn(somebody()), 502, /look at its secret/);
  });

  it('shows a profile of nobody, or none at all', async () => {
    const { idp, signIn } = bench;
    idp.answers.set('/userinfo', answer(200, '{"name":"x"}'));
    says(await signIn(somebody()), 401, /names nobody/);
    idp.answers.set('/userinfo', answer(200, '{"sub":{"a":1}}'));
    says(await signIn(somebody()), 401, /not that of who signed in/);
    idp.answers.set('/userinfo', answer(403, 'no'));
    says(await signIn(somebody()), 401, /does not show the profile/);
  });

  it('publishes keys that are none, or nothing of itself', async () => {
    const { idp, signIn, rest } = bench;
    const own = await provider({ discovery: `${idp.url}/own`, access_code_url: `${idp.url}/tokens` });
    const tokens = async () =>
      idp.answers.set('/tokens', answer(200, JSON.stringify({ access_token: 'a', id_token: await token() })));
    const token = () => idp.idToken('1', { aud: own.client_id });
    await tokens();
    says(await signIn(somebody(), own), 502, /answered 404 at \/own/);
    idp.answers.set('/own', answer(200, JSON.stringify({ issuer: idp.url, jwks_uri: `${idp.url}/no-keys` })));
    idp.answers.set('/no-keys', answer(200, '{"keys":3}'));
    says(await signIn(somebody(), own), 502, /keys that are none/);
    const late = await provider({ discovery: `${idp.url}/late` });
    idp.answers.set('/late', answer(200, '{"jwks_uri":7}'));
    says(await signIn(somebody(), late), 502, /says nowhere how to use a code/);
    says(
      await rest.send('PUT', 'auth/authorize', { token: await idp.idToken('1', { aud: late.client_id }) }),
      502,
      /publishes no keys/,
    );
  });

  it('is spoken to without OpenID Connect, in the ways that its settings say', async () => {
    const { idp, signIn } = bench;
    const plain = { access_code_url: `${idp.url}/plain-token`, profile_identity_fields: ['org', 'user'] };
    idp.answers.set('/plain-token', answer(200, '{"access_token":"a b","token_type":"bearer"}'));
    const me = answer(200, '{"org":7,"user":"u","mail":"u@org.test"}');
    const ways = [
      { profile_url: `${idp.url}/me?token=`, profile_access_auth_type: 'url' },
      { profile_url: `${idp.url}/me`, profile_access_auth_type: 'api_key', profile_access_api_key: 'k' },
      { profile_url: `${idp.url}/me`, profile_access_verb: 'post', profile_required_props: ['mail'] },
    ];
    idp.answers.set('/me', me);
    idp.answers.set('/me?token=a%20b', me);
    for (const way of ways)
      expect((await signIn(somebody(), await provider({ ...plain, ...way }))).status).to.equal(201);
    const strict = { ...plain, profile_url: `${idp.url}/me`, profile_required_props: ['mail', 'phone'] };
    says(await signIn(somebody(), await provider(strict)), 401, /has no phone/);
    says(await signIn(somebody(), await provider(plain)), 502, /says nothing about people/);
    says(
      await signIn(somebody(), { ...(await provider({ ...plain, ...ways[0] })), nonce: 'n' }),
      401,
      /nonce/,
    );
  });

  it('is not reached in a private network, or without TLS, unless that is allowed', async () => {
    const { idp, rest, master, signIn } = bench;
    const { systemConfig } = rest.context;
    await systemConfig.set('crossbar', 'auth.oauth.private_providers', false);
    idp.heard.length = 0;
    says(await signIn(somebody()), 502, /not https/);
    const addresses = [
      idp.discovery,
      'http://idp.test/x',
      'https://127.0.0.1/x',
      'https://[::ffff:127.0.0.1]/x',
      'https://user:pw@idp.test/x',
      'https://idp.test/x#y',
    ];
    for (const discovery of addresses)
      says(await master('PUT', 'auth/providers', { id: 'inside', discovery }), 400, /"discovery":\{"format"/);
    // A name says only when it is looked up where it leads.
    const byName = await provider({ access_code_url: `https://localhost:${new URL(idp.url).port}/token` });
    says(await signIn(somebody(), byName), 502, /does not answer/);
    expect(idp.heard).to.deep.equal([]);
    await systemConfig.set('crossbar', 'auth.oauth.private_providers', true);
  });
});
