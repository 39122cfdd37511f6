// Binding keys against routing keys.
import { expect } from 'chai';
import { DirectMatcher, FanoutMatcher, TopicMatcher } from './topic.ts';

describe('TopicMatcher', () => {
  const cases: [key: string, matching: string[], others: string[]][] = [
    ['a.b', ['a.b'], ['a', 'a.b.c', 'a.*', '']],
    ['a.*', ['a.b', 'a.*', 'a.'], ['a', 'a.b.c', 'b.a']],
    ['*.*', ['a.b', '.'], ['a', 'a.b.c', '']],
    ['#', ['', 'a', 'a.b.c'], []],
    ['a.#', ['a', 'a.b', 'a.b.c'], ['', 'b', 'b.a']],
    ['#.a', ['a', 'b.a', 'c.b.a', 'a.a'], ['a.b', '']],
    ['a.#.b', ['a.b', 'a.x.b', 'a.x.y.b', 'a.b.b'], ['a', 'b', 'a.b.c']],
    ['#.*', ['a', 'a.b'], ['']],
    ['*.#', ['a', 'a.b.c'], ['']],
    ['#.#', ['', 'a', 'a.b'], []],
    ['', [''], ['a']],
  ];
  for (const [key, matching, others] of cases) {
    it(`'${key}' matches ${matching.length} of ${matching.length + others.length} keys`, () => {
      const matcher = new TopicMatcher<string>();
      matcher.add(key, 'target');
      for (const routingKey of matching)
        expect([...matcher.match(routingKey)], routingKey).to.deep.equal(['target']);
      for (const routingKey of others) expect([...matcher.match(routingKey)], routingKey).to.deep.equal([]);
    });
  }

  it('gives a target once, though two of its keys match', () => {
    const matcher = new TopicMatcher<string>();
    matcher.add('a.*', 'one');
    matcher.add('#.b', 'one');
    matcher.add('a.b', 'two');
    expect([...matcher.match('a.b')].sort()).to.deep.equal(['one', 'two']);
  });

  it('forgets a removed key, and only that one', () => {
    const matcher = new TopicMatcher<string>();
    matcher.add('a.b', 'one');
    matcher.add('a.b.#', 'one');
    matcher.remove('a.b', 'one');
    matcher.remove('never.added', 'one');
    expect([...matcher.match('a.b.c')]).to.deep.equal(['one']);
    matcher.remove('a.b.#', 'one');
    expect([...matcher.match('a.b.c')]).to.deep.equal([]);
  });

  it('is not slowed down by a hostile pattern', () => {
    const matcher = new TopicMatcher<string>();
    matcher.add(Array(60).fill('#.a').join('.'), 'target');
    // With backtracking this would not end in the lifetime of the machine.
    expect([...matcher.match(`${Array(100).fill('a').join('.')}.b`)]).to.deep.equal([]);
  });
});

describe('DirectMatcher and FanoutMatcher', () => {
  it('direct wants the very key', () => {
    const matcher = new DirectMatcher<string>();
    matcher.add('a', 'one');
    matcher.add('#', 'two');
    expect([...matcher.match('a')]).to.deep.equal(['one']);
    matcher.remove('a', 'one');
    expect([...matcher.match('a')]).to.deep.equal([]);
  });

  it('fanout wants none, and keeps a target until its last key goes', () => {
    const matcher = new FanoutMatcher<string>();
    matcher.add('a', 'one');
    matcher.add('b', 'one');
    matcher.remove('a', 'one');
    expect([...matcher.match()]).to.deep.equal(['one']);
    matcher.remove('b', 'one');
    expect([...matcher.match()]).to.deep.equal([]);
  });
});
