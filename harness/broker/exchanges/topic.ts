import type { Binding, Router } from '../exchange.ts';
import type { Message } from '../message.ts';
import type { Reach } from '../reach.ts';

/**
 * Routes by patterns of words parted by dots: `*` is one word, `#` any number of them (section 3.1.3.3). The empty key has no words.
 * The patterns form a trie. A key is matched by walking all its branches side by side, each at most once per word, so that no set of
 * patterns and no key can make it slow beyond words times patterns.
 */
export class Topic implements Router {
  readonly #root = new Node(undefined, '');
  #run = 0;

  add(binding: Binding): void {
    let node = this.#root;
    for (const word of words(binding.routingKey)) node = node.grow(word);
    node.bindings.add(binding);
  }

  remove(binding: Binding): void {
    let node: Node | undefined = this.#root;
    for (const word of words(binding.routingKey)) node = node?.children.get(word);
    node?.bindings.delete(binding);
    while (node?.parent !== undefined && node.bindings.size === 0 && node.children.size === 0) {
      node.parent.children.delete(node.word);
      node = node.parent;
    }
  }

  route(message: Message, reach: Reach): void {
    let active: Node[] = [];
    this.#run += 1;
    this.#enter(this.#root, active);
    for (const word of words(message.routingKey)) {
      const next: Node[] = [];
      this.#run += 1;
      for (const node of active) {
        if (node.word === '#') this.#enter(node, next);
        if (word !== '*' && word !== '#') this.#enter(node.children.get(word), next);
        this.#enter(node.children.get('*'), next);
      }
      active = next;
    }
    for (const node of active) for (const binding of node.bindings) reach.add(binding);
  }

  /** A `#` below needs no word, so it is entered together with its parent. */
  #enter(node: Node | undefined, active: Node[]): void {
    for (let each = node; each !== undefined && each.enteredBy !== this.#run; each = each.children.get('#')) {
      each.enteredBy = this.#run;
      active.push(each);
    }
  }
}

class Node {
  readonly parent: Node | undefined;
  readonly word: string;
  readonly children = new Map<string, Node>();
  readonly bindings = new Set<Binding>();
  enteredBy = 0;

  constructor(parent: Node | undefined, word: string) {
    this.parent = parent;
    this.word = word;
  }

  grow(word: string): Node {
    const known = this.children.get(word);
    if (known !== undefined) return known;
    const node = new Node(this, word);
    this.children.set(word, node);
    return node;
  }
}

function words(key: string): readonly string[] {
  return key === '' ? [] : key.split('.');
}
