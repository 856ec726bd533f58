import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { requireTexts, textOf } from './observations.ts';
import { optionalExchange } from './optional.ts';
import { keysThrough, requirePattern } from './routing-observations.ts';

const words = (count: number, word = 'w'): string => Array.from({ length: count }, () => word).join('.');

/** Patterns at the edges of what the standard says, with keys that they match and keys that they do not. */
const patterns: Readonly<
  Record<string, { readonly title: string; readonly pattern: string; readonly match: readonly string[]; readonly miss: readonly string[] }>
> = {
  'hash-first': {
    title: 'A hash at the start of a pattern takes any words before the rest',
    pattern: '#.z',
    match: ['z', 'a.z', 'a.b.z', 'z.z'],
    miss: ['', 'a', 'z.a', 'az'],
  },
  'hash-last': {
    title: 'A hash at the end of a pattern takes any words after the rest',
    pattern: 'a.#',
    match: ['a', 'a.b', 'a.b.c', 'a.a'],
    miss: ['', 'b', 'b.a', 'ab'],
  },
  'two-hashes': {
    title: 'Two hashes around a word take keys with that word anywhere',
    pattern: '#.a.#',
    match: ['a', 'b.a', 'a.b', 'b.a.c', 'a.a'],
    miss: ['', 'b', 'b.c', 'ba'],
  },
  'adjacent-hashes': {
    title: 'Hashes next to each other take what one takes',
    pattern: 'a.#.#.z',
    match: ['a.z', 'a.b.z', 'a.b.c.z'],
    miss: ['a', 'z', 'a.z.b'],
  },
  'hash-star': { title: 'A hash and a star after it take one word or more', pattern: '#.*', match: ['a', 'a.b', 'a.b.c'], miss: [] },
  'star-hash': { title: 'A star and a hash after it take one word or more', pattern: '*.#', match: ['a', 'a.b', 'a.b.c'], miss: [] },
  'stars-only': {
    title: 'A pattern of three stars takes keys of three words, no more and no less',
    pattern: '*.*.*',
    match: ['a.b.c', 'a.a.a'],
    miss: ['a', 'a.b', 'a.b.c.d'],
  },
  'greedy-not-enough': {
    title: 'A hash gives back words that the rest of the pattern needs',
    pattern: 'a.#.b.c',
    match: ['a.b.c', 'a.b.b.c', 'a.b.c.b.c'],
    miss: ['a.b', 'a.c', 'a.b.c.b'],
  },
  'wildcards-in-words': {
    title: 'Star and hash within a word are letters as any other',
    pattern: 'a*.#b',
    match: ['a*.#b'],
    miss: ['a', 'ab.b', 'axx.xb', 'a.b'],
  },
  'many-words': {
    title: 'Keys of a hundred words are matched to the last',
    pattern: `${words(49)}.*.#.end`,
    match: [`${words(98)}.x.end`, `${words(50)}.end`],
    miss: [words(100), `${words(49)}.end`, `${words(48)}.x.w.end`],
  },
  'longest-key': {
    title: 'Pattern and key of 255 octets are matched whole',
    pattern: `${'k'.repeat(253)}.*`,
    match: [`${'k'.repeat(253)}.1`],
    miss: [`${'k'.repeat(252)}l.1`, 'k'.repeat(255)],
  },
};

const patternChecks = Object.entries(patterns).map(([slug, { title, pattern, match, miss }]) =>
  check(`amqp091/routing/topic/${slug}`, {
    title,
    duties:
      pattern.includes('#') && slug !== 'wildcards-in-words'
        ? ['amqp091/3.1.3.3.topic-hash:emit']
        : ['amqp091/3.1.3.3.topic-words:emit', 'amqp091/3.1.3.3.topic-star:emit'],
    run: peer => requirePattern(peer, pattern, { match, miss }),
  }),
);

/** Publishes with the keys of a topic exchange and gives those that a pattern took: for what the standard leaves open. */
async function taken(peer: Peer, pattern: string, keys: readonly string[]): Promise<readonly string[]> {
  const channel = await peer.channel();
  const [exchange, queue] = [await optionalExchange(peer, channel, 'topic'), await channel.queue()];
  await channel.bind(queue, exchange, pattern);
  return keysThrough(peer, channel, exchange, queue, keys);
}

/** Predeclared exchanges with what a queue is bound by, a message that has to come and one that must not. */
const predeclared: Readonly<Record<string, 'topic' | 'headers' | 'fanout'>> = { 'amq.topic': 'topic', 'amq.fanout': 'fanout', 'amq.match': 'headers' };

const predeclaredChecks = Object.entries(predeclared).map(([exchange, type]) =>
  check(`amqp091/routing/${type}/predeclared`, {
    title: `${exchange} routes as a ${type} exchange`,
    duties: [
      'amqp091/exchange.required-instances:emit',
      `amqp091/${type === 'topic' ? '3.1.3.3.topic-star' : type === 'fanout' ? '3.1.3.2.fanout' : '3.1.3.4.headers-any'}:emit`,
    ],
    async run(peer) {
      const channel = await peer.channel();
      if (type !== 'fanout') await optionalExchange(peer, channel, type);
      const [key, queue] = [peer.name('key'), await channel.queue()];
      await channel.bind(queue, exchange, `${key}.*`, type === 'headers' ? fieldTable({ 'x-match': 'any', key, other: key }) : []);
      const headers = (name: string) => fieldTable({ [name]: key });
      channel.publish({ exchange, routingKey: `${key}.a.b`, properties: { headers: headers('third') }, body: `${key} second` });
      channel.publish({ exchange, routingKey: `${key}.a`, properties: { headers: headers('other') }, body: `${key} first` });
      const mine: string[] = [];
      const wanted = type === 'fanout' ? 2 : 1;
      await peer.eventually('the messages come', async () => {
        for (let one = await channel.get(queue, { noAck: true }); one !== null; one = await channel.get(queue, { noAck: true })) mine.push(textOf(one));
        return mine.filter(body => body.startsWith(key)).length >= wanted;
      });
      const came = mine.filter(body => body.startsWith(key));
      requireTexts(peer, came, type === 'fanout' ? [`${key} second`, `${key} first`] : [`${key} first`], 'Messages in the queue');
    },
  }),
);

/** Topic exchanges at the edges, and how the exchanges route that a virtual host comes with. */
export const routingEdgeChecks = [
  ...patternChecks,
  ...predeclaredChecks,
  check('amqp091/routing/direct/longest-key', {
    title: 'Keys of 255 octets that differ in the last one only are told apart by a direct exchange',
    duties: ['amqp091/3.1.3.1.direct:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('direct'), await channel.queue()];
      const key = 'k'.repeat(254);
      await channel.bind(queue, exchange, `${key}1`);
      requireTexts(peer, await keysThrough(peer, channel, exchange, queue, [`${key}2`, key, `${key}1`]), [`${key}1`], 'Keys that reach the queue');
    },
  }),
  check('amqp091/routing/topic/empty-words', {
    title: 'Keys with empty words neither break a topic exchange nor escape a lone hash; what else matches them is measured',
    duties: ['amqp091/3.1.3.3.topic-hash:emit'],
    async run(peer) {
      const keys = ['.', 'a.', '.a', 'a..b', '...'];
      requireTexts(peer, await taken(peer, '#', keys), keys, 'Keys that match #');
      peer.measure('topic: a.*.b takes the empty word of a..b', (await taken(peer, 'a.*.b', ['a..b'])).length === 1);
      peer.measure('topic: * takes the empty key', (await taken(peer, '*', [''])).length === 1);
    },
  }),
  check('amqp091/routing/topic/rebound', {
    title: 'Of overlapping patterns of one queue, unbinding one leaves what the others match',
    duties: ['amqp091/queue.unbind.effect:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await optionalExchange(peer, channel, 'topic'), await channel.queue()];
      for (const pattern of ['a.*', 'a.b', 'a.#']) await channel.bind(queue, exchange, pattern);
      for (const routingKey of ['a.#', 'a.b']) await channel.call('queue.unbind', { queue, exchange, routingKey }, 'queue.unbind-ok');
      requireTexts(peer, await keysThrough(peer, channel, exchange, queue, ['a', 'a.b', 'a.c', 'a.b.c']), ['a.b', 'a.c'], 'Keys that match what is left');
    },
  }),
];
