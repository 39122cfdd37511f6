// Which targets a routing key reaches: direct, fanout, and topic with `*` (one word) and `#` (none or more).

/** Pairs of binding key and target; the same pair counts once. */
export interface Matcher<T> {
  add(key: string, target: T): void;
  remove(key: string, target: T): void;
  /** Each target once, however many of its keys match. */
  match(routingKey: string): Iterable<T>;
}

export class DirectMatcher<T> implements Matcher<T> {
  readonly #targets = new Map<string, Set<T>>();

  add(key: string, target: T): void {
    const targets = this.#targets.get(key);
    if (targets) targets.add(target);
    else this.#targets.set(key, new Set([target]));
  }

  remove(key: string, target: T): void {
    const targets = this.#targets.get(key);
    if (targets?.delete(target) && targets.size === 0) this.#targets.delete(key);
  }

  match(routingKey: string): Iterable<T> {
    return this.#targets.get(routingKey) ?? [];
  }
}

export class FanoutMatcher<T> implements Matcher<T> {
  readonly #keys = new Map<T, Set<string>>();

  add(key: string, target: T): void {
    const keys = this.#keys.get(target);
    if (keys) keys.add(key);
    else this.#keys.set(target, new Set([key]));
  }

  remove(key: string, target: T): void {
    const keys = this.#keys.get(target);
    if (keys?.delete(key) && keys.size === 0) this.#keys.delete(target);
  }

  match(): Iterable<T> {
    return this.#keys.keys();
  }
}

class TopicNode<T> {
  readonly children = new Map<string, TopicNode<T>>();
  readonly targets = new Set<T>();
  readonly isHash: boolean;

  constructor(isHash: boolean) {
    this.isHash = isHash;
  }
}

/**
 * A tree of words, walked as a set of states, one step a word: linear in the words of the key even for hostile
 * patterns such as `#.a.#.a.#`.
 */
export class TopicMatcher<T> implements Matcher<T> {
  readonly #root = new TopicNode<T>(false);

  add(key: string, target: T): void {
    let node = this.#root;
    for (const word of wordsOf(key)) {
      let child = node.children.get(word);
      if (!child) {
        child = new TopicNode(word === '#');
        node.children.set(word, child);
      }
      node = child;
    }
    node.targets.add(target);
  }

  remove(key: string, target: T): void {
    const words = wordsOf(key);
    const path = [this.#root];
    for (const word of words) {
      const child = path.at(-1)?.children.get(word);
      if (!child) return;
      path.push(child);
    }
    path.at(-1)?.targets.delete(target);
    for (let depth = words.length; depth > 0; depth--) {
      const node = path[depth];
      if (!node || node.targets.size > 0 || node.children.size > 0) return;
      path[depth - 1]?.children.delete(words[depth - 1] ?? '');
    }
  }

  match(routingKey: string): Iterable<T> {
    let states = new Set<TopicNode<T>>();
    enter(this.#root, states);
    for (const word of wordsOf(routingKey)) {
      const next = new Set<TopicNode<T>>();
      for (const node of states) {
        if (node.isHash) next.add(node);
        enter(node.children.get(word), next);
        if (word !== '*') enter(node.children.get('*'), next);
      }
      states = next;
    }
    const matched = new Set<T>();
    for (const { targets } of states) for (const target of targets) matched.add(target);
    return matched;
  }
}

/** A `#` below a node needs no word, so whoever is at the node is at the `#` too. */
function enter<T>(node: TopicNode<T> | undefined, states: Set<TopicNode<T>>): void {
  for (let at = node; at && !states.has(at); at = at.children.get('#')) states.add(at);
}

/** As RabbitMQ: the empty key has no word at all, `a.` has two. */
function wordsOf(key: string): string[] {
  return key === '' ? [] : key.split('.');
}
