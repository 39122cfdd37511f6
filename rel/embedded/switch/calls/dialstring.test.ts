// Dial strings as Kazoo and people write them.

import { expect } from 'chai';
import fc from 'fast-check';
import { parseDialString, parseVariables } from './dialstring.ts';
import { parseInline, splitArguments } from './route.ts';
import { parseTarget } from './sofia/target.ts';

describe('dial string', () => {
  const endpoints = (text: string) =>
    parseDialString(text).parts.map((part) => part.groups.map((group) => group.map((leg) => leg.endpoint)));

  it('has legs together, groups in turn, and parts side by side', () => {
    expect(endpoints('a/1,b/2|c/3:_:d/4')).to.deep.equal([[['a/1', 'b/2'], ['c/3']], [['d/4']]]);
  });

  it('has variables for all, for a part, and for a leg', () => {
    const dial = parseDialString('<x=1>{y=2,z=3}[w=4]a/1,[^^!v=5,6!u=7]b/2:_:{y=9}c/3');
    expect([...dial.variables]).to.deep.equal([['x', '1']]);
    expect([...(dial.parts[0]?.variables ?? [])]).to.deep.equal([
      ['y', '2'],
      ['z', '3'],
    ]);
    expect(dial.parts[0]?.groups[0]?.map((leg) => Object.fromEntries(leg.variables))).to.deep.equal([
      { w: '4' },
      { v: '5,6', u: '7' },
    ]);
    expect(dial.parts[1]?.variables.get('y')).to.equal('9');
  });

  it('keeps separators inside brackets, quotes and behind backslashes', () => {
    const dial = parseDialString("[a='1,2|3',b=4\\,5]x/1,y/2");
    const [first] = dial.parts[0]?.groups[0] ?? [];
    expect(first?.variables.get('a')).to.equal('1,2|3');
    expect(first?.variables.get('b')).to.equal('4,5');
    expect(dial.parts[0]?.groups[0]).to.have.length(2);
  });

  it('reads a name with an apostrophe', () => {
    expect(endpoints("[n=O'Brien]x/1")).to.deep.equal([[['x/1']]]);
    expect(parseVariables("n='Some, One',m=2").get('n')).to.equal('Some, One');
  });

  it('never throws and always ends', () => {
    const soup = fc.string({
      unit: fc.constantFrom('[', ']', '{', '}', '<', '>', ',', '|', ':_:', "'", '\\', '^^', '=', 'a'),
    });
    fc.assert(fc.property(soup, (text) => void parseDialString(text)));
  });
});

describe('sofia target', () => {
  it('is a user and a host, or a URI with a way to it', () => {
    expect(parseTarget('p/1001@host:5070')).to.deep.include({
      profile: 'p',
      path: undefined,
      name: '1001@host:5070',
    });
    expect(parseTarget('p/sip:1@h;transport=tcp;fs_path=sip:10.0.0.1:5060')?.path).to.equal(
      'sip:10.0.0.1:5060',
    );
    expect(parseTarget('p/1@h;fs_path=sip%3A10.0.0.1%3Btransport%3Dtcp')?.path).to.equal(
      'sip:10.0.0.1;transport=tcp',
    );
    expect(parseTarget('p/<>')).to.equal(undefined);
    expect(parseTarget('nonsense')).to.equal(undefined);
  });
});

describe('inline dialplan', () => {
  it('lists applications', () => {
    expect(parseInline("set:a=1,playback:'x,y',park:")).to.deep.equal([
      { name: 'set', args: 'a=1' },
      { name: 'playback', args: 'x,y' },
      { name: 'park', args: '' },
    ]);
    expect(parseInline('m:^:bridge:a,b^park')).to.deep.equal([
      { name: 'bridge', args: 'a,b' },
      { name: 'park', args: '' },
    ]);
  });

  it('splits arguments at blanks outside quotes', () => {
    expect(splitArguments("1 'a b' c")).to.deep.equal(['1', 'a b', 'c']);
  });
});
