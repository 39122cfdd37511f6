// The message declarations against Kazoo's wire facts: routing keys, answers, command lookup.
import { expect } from 'chai';
import type { AnswerOf, MessageOf } from '../contract/index.ts';
import type { authnReq } from './authn.ts';
import { callEvent } from './call.ts';
import { bridge } from './commands/legs.ts';
import type { play } from './commands/sound.ts';
import { commandOf, commands, dialplanError } from './dialplan.ts';
import { offnetReq } from './resource.ts';
import { routeReq } from './route.ts';

const headers = { 'App-Name': 'test', 'App-Version': '1', 'Msg-ID': 'm' };

describe('messages', () => {
  it('route_req goes to the account, or to realm and user while the account is unknown', () => {
    const call = { 'Call-ID': 'c', From: 'a@x', To: 'b@x', Request: '1001@sip.x.org' };
    expect(routeReq.routingKey({ ...call, 'Custom-Channel-Vars': { 'Account-ID': 'abc' } })).to.equal(
      'route.req.audio.abc',
    );
    expect(routeReq.routingKey(call)).to.equal('route.req.audio.sip%2Ex%2Eorg.1001');
  });

  it('call events carry their name in the key', () => {
    expect(callEvent.routingKey({ 'Call-ID': 'a.b@c', 'Event-Name': 'CHANNEL_ANSWER' })).to.equal(
      'call.CHANNEL_ANSWER.a%2Eb%40c',
    );
  });

  it('errors of commands have the key of an event of their call', () => {
    expect(dialplanError.routingKey({ 'Call-ID': '1-2@10.0.0.1' })).to.equal(
      'call.dialplan.1-2%4010%2E0%2E0%2E1',
    );
  });

  it('infers answers', () => {
    const answer = { 'Event-Name': 'authn_resp', 'Auth-Password': 'secret' } as AnswerOf<typeof authnReq>;
    expect(answer['Event-Name'] === 'authn_resp' && answer['Auth-Password']).to.equal('secret');
    const name: MessageOf<typeof play>['Application-Name'] = 'play';
    expect(name).to.equal('play');
    expect(offnetReq.answers).to.have.length(1);
  });

  it('finds the contract of a command and checks it', () => {
    const body = {
      ...headers,
      'Event-Category': 'call',
      'Event-Name': 'command',
      'Application-Name': 'bridge',
      'Call-ID': 'c',
      Endpoints: [{ 'Invite-Format': 'nowhere' }],
    };
    expect(commandOf(body)).to.equal(bridge);
    expect(bridge.check(body)[0]).to.include({ path: 'Endpoints.0.Invite-Format', code: 'enum' });
    expect(commandOf({ 'Application-Name': 'toString' })).to.equal(undefined);
  });

  it('every command answers to the Application-Name it is listed under', () => {
    for (const [name, contract] of Object.entries(commands)) {
      const schema = contract.schema as { properties: Record<string, { const?: string }> };
      expect(schema.properties['Application-Name']?.const).to.equal(name);
    }
  });
});
