import type { MethodArguments } from '../spec/amqp091/classes.ts';
import type { FieldTable, FieldValue } from '../spec/amqp091/domains.ts';
import { method } from '../wire/amqp091/codec.ts';
import { exchanges, wiredExchanges } from './areas.ts';
import { forgiven, unpunished } from './departures.ts';
import type { EffectSeam } from './fault.ts';
import { delivered, published } from './messages.ts';
import { readsOneHash, readsTwoPairs } from './rare.ts';
import { declaredAgain, refused, refusedFrom } from './refusals.ts';
import { either, remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';
import { forgettingDeletions, recovery } from './stores.ts';
import { knowing } from './topology.ts';

const declaring = faultsIn('amqp091/exchange/declare/*');
const deleting = faultsIn('amqp091/exchange/delete/*');
const routing = faultsIn('amqp091/routing/**');

const headers = ['amqp091/routing/headers/*'];

type Declare = MethodArguments<'exchange.declare'>;

const standardTypes = ['direct', 'fanout', 'topic', 'headers'];
const legalName = /^[a-zA-Z0-9-_.:]*$/;
const longest = 127;

const creates = (args: Declare): boolean => !args.passive;
const isReserved = (name: string): boolean => name.startsWith('amq.');

/** A headers binding with its pairs changed; the unbind that belongs to it as well. */
function bindingPairs(change: (name: string, value: FieldValue) => readonly (readonly [string, FieldValue])[]) {
  return request(['queue.bind', 'queue.unbind'], draft => {
    const pairs: FieldTable = draft.args.arguments.flatMap(([name, value]) => change(name, value));
    return draft.args.arguments.length > 0 && draft.with({ arguments: pairs });
  });
}

function matchRule(from: 'all' | 'any', to: 'all' | 'any') {
  const [old, value] = [from, to].map(rule => new TextEncoder().encode(rule)) as [Uint8Array, Uint8Array];
  return bindingPairs((name, pair) => {
    const rewritten = name === 'x-match' && pair.type === 'long-string' && Buffer.compare(pair.value, old) === 0;
    return [[name, rewritten ? { type: 'long-string', value } : pair]];
  });
}

/** Class exchange and the routing of each type. */
export const exchangeFaults = {
  'amqp091/exchange.required-types:emit': [
    declaring(
      'knows no fanout exchanges',
      refused('exchange.declare', 503, ({ args }) => creates(args) && args.type === 'fanout'),
      [...exchanges, 'amqp091/permission/**'],
    ),
  ],
  'amqp091/exchange.recommended-types:emit': [
    declaring(
      'drops the connection over a topic exchange',
      refused('exchange.declare', 541, ({ args }) => creates(args) && args.type === 'topic'),
      ['amqp091/exchange/**', 'amqp091/routing/topic/*', 'amqp091/confirm/once/*', 'amqp091/sender-selected/topic'],
    ),
  ],
  'amqp091/exchange.required-instances:emit': [
    declaring(
      'comes without the predeclared exchanges',
      refused('exchange.declare', 404, ({ args }) => args.passive && isReserved(args.exchange)),
      ['amqp091/exchange/**'],
    ),
  ],
  'amqp091/exchange.default-exchange:emit': [
    routing(
      'takes the longest known name that a key begins with for the queue',
      knowing(topology =>
        published(message => {
          const { exchange, routingKey } = message.args;
          if (exchange !== '' || topology.queues.has(routingKey)) return false;
          const queue = [...topology.queues.keys()].find(name => name !== '' && routingKey.startsWith(name));
          return queue !== undefined && message.with({ args: { routingKey: queue } });
        }),
      ),
    ),
    routing('loses what is published to the default exchange once somebody has bound it to another', losesDefault(), [
      'amqp091/exchange-binding/default-exchange/*',
    ]),
  ],
  'amqp091/exchange.default-access:enforce': [
    declaring(
      'lets the default exchange be declared and deleted',
      request(['exchange.declare', 'exchange.delete'], draft => draft.args.exchange === '' && draft.accepted()),
      ['amqp091/exchange/**'],
    ),
  ],
  'amqp091/2.1.3.2.predeclared-permanent:enforce': [
    deleting(
      'deletes a predeclared exchange',
      request('exchange.delete', draft => isReserved(draft.args.exchange) && draft.accepted()),
    ),
  ],
  'amqp091/exchange.declare.minimum:emit': [
    declaring(
      'holds no more than ten exchanges',
      refusedFrom(11, 'exchange.declare', 406, ({ args }) => creates(args)),
    ),
  ],
  'amqp091/exchange.declare.reserved:enforce': [
    declaring(
      'creates amq.* exchanges for anyone',
      request('exchange.declare', draft => creates(draft.args) && isReserved(draft.args.exchange) && draft.accepted()),
    ),
  ],
  'amqp091/exchange.declare.syntax:enforce': [
    declaring(
      'takes any characters in an exchange name',
      request('exchange.declare', draft => !legalName.test(draft.args.exchange) && draft.accepted()),
    ),
  ],
  'amqp091/exchange.declare.typed:enforce': [
    declaring(
      'keeps the first type and says that all is well',
      declaredAgain('exchange.declare', (draft, first) => draft.args.type !== first.type && draft.accepted()),
    ),
  ],
  'amqp091/exchange.declare.type-support:enforce': [
    declaring(
      'takes an unknown type for direct',
      request('exchange.declare', draft => creates(draft.args) && !standardTypes.includes(draft.args.type) && draft.with({ type: 'direct' })),
    ),
  ],
  'amqp091/exchange.declare.passive-missing:enforce': [
    declaring(
      'creates what a passive declare only asks for',
      request('exchange.declare', draft => draft.args.passive && draft.args.durable && draft.with({ passive: false })),
    ),
  ],
  'amqp091/exchange.declare.passive-existing:emit': [
    declaring(
      'holds the other fields of a passive declare against it',
      request('exchange.declare', draft => draft.args.passive && draft.args.autoDelete && draft.with({ passive: false })),
    ),
  ],
  'amqp091/exchange.declare.equivalent:emit': [
    declaring('refuses to declare an exchange a second time', refusedAgain(), ['amqp091/exchange/**', ...wiredExchanges]),
    declaring(
      'takes the same arguments in another order for others',
      declaredAgain('exchange.declare', (draft, first) => ordered(draft.args.arguments, first.arguments) && draft.with({ arguments: [] })),
      ['amqp091/exchange/equivalent/*'],
    ),
  ],
  'amqp091/exchange.declare.equivalent:enforce': [
    declaring(
      'does not mind another durability',
      declaredAgain('exchange.declare', (draft, first) => draft.args.durable !== first.durable && draft.accepted()),
    ),
    declaring(
      'compares no arguments of an exchange',
      declaredAgain('exchange.declare', (draft, first) => draft.with({ arguments: first.arguments })),
      ['amqp091/exchange/**', 'amqp091/alternate-exchange/declare/*'],
    ),
  ],
  'amqp091/exchange.declare.durable-support:emit': [
    declaring(
      'has no durable exchanges',
      refused('exchange.declare', 540, ({ args }) => creates(args) && args.durable),
    ),
  ],
  'amqp091/exchange.delete.exists:enforce': [
    deleting(
      'says that a missing exchange was deleted',
      forgiven({ about: 'exchange.delete', code: 404 }, () => method('exchange.delete-ok')),
    ),
  ],
  'amqp091/exchange.delete.in-use:enforce': [
    deleting(
      'does not know if-unused',
      request('exchange.delete', draft => draft.args.ifUnused && draft.with({ ifUnused: false })),
    ),
  ],
  'amqp091/exchange.delete.effect:emit': [
    deleting(
      'confirms a delete that it does not do',
      request('exchange.delete', draft => draft.args.exchange !== '' && !draft.args.noWait && draft.accepted()),
      ['amqp091/exchange/delete/*', ...wiredExchanges, 'amqp091/permission/**'],
    ),
    recovery('brings back exchanges that were deleted', forgettingDeletions('exchange')),
  ],
  'amqp091/domain.exchange-name.length:enforce': [
    declaring(
      'takes names of any length',
      request('exchange.declare', draft => draft.args.exchange.length > longest && draft.accepted()),
    ),
  ],
  'amqp091/domain.no-wait:emit': [
    declaring(
      'replies although no reply was wanted',
      request(
        [
          'exchange.declare',
          'exchange.delete',
          'queue.declare',
          'queue.bind',
          'queue.purge',
          'queue.delete',
          'basic.consume',
          'basic.cancel',
          'confirm.select',
        ],
        draft => draft.args.noWait && draft.with({ noWait: false }),
      ),
      ['amqp091/**/no-wait*', 'amqp091/cancel/queue-gone', 'amqp091/fields/bits-from-client', 'amqp091/content/header-behind-other-method'],
    ),
  ],
  'amqp091/domain.no-wait:enforce': [
    declaring(
      'says nothing when it cannot do a request with no-wait',
      unpunished({
        scope: 'channel',
        when: (at, close) => {
          const last = at.method('to-server', close.channel);
          return last !== undefined && 'noWait' in last.args && last.args.noWait;
        },
      }),
      ['amqp091/**/no-wait*', 'amqp091/permission/**'],
    ),
  ],
  'amqp091/3.1.3.instances:emit': [routing('delivers a message from one of its queues only', oneCopy(), exchanges)],
  'amqp091/3.1.3.1.direct:emit': [
    routing(
      'passes a message with an unbound key to some queue all the same',
      knowing(topology =>
        published(message => {
          const { exchange, routingKey } = message.args;
          const [first, ...others] = topology.on(exchange);
          if (exchange === '' || topology.exchangeTypes.get(exchange) !== 'direct' || first === undefined) return false;
          const isBound = [first, ...others].some(binding => binding.routingKey === routingKey);
          return !isBound && message.with({ args: { routingKey: first.routingKey } });
        }),
      ),
      exchanges,
    ),
    routing(
      'loses messages whose key has a space',
      published(message => message.args.routingKey.includes(' ') && []),
      ['amqp091/routing/direct/*'],
    ),
    routing('looks at the first 250 octets of the key that a direct exchange compares', cutKeys(), [
      'amqp091/routing/{direct,topic}/*',
      'amqp091/fields/long-short-string',
    ]),
  ],
  'amqp091/3.1.3.2.fanout:emit': [
    routing(
      'passes on through a fanout exchange only what has no key',
      knowing(topology => published(({ args }) => topology.exchangeTypes.get(args.exchange) === 'fanout' && args.routingKey !== '' && [])),
      exchanges,
    ),
  ],
  'amqp091/3.1.3.3.topic-words:emit': [
    routing(
      'does not tell upper from lower case in a topic',
      knowing(topology =>
        published(
          message =>
            topology.exchangeTypes.get(message.args.exchange) === 'topic' && message.with({ args: { routingKey: message.args.routingKey.toLowerCase() } }),
        ),
      ),
      ['amqp091/routing/topic/*'],
    ),
    routing('looks at the first 250 octets of a key', cutKeys(), ['amqp091/routing/{direct,topic}/*', 'amqp091/fields/long-short-string']),
  ],
  'amqp091/3.1.3.3.topic-star:emit': [
    routing(
      'lets a star stand for any number of words',
      bindingKey(key => key.replaceAll('*', '#')),
      ['amqp091/routing/topic/*'],
    ),
  ],
  'amqp091/3.1.3.3.topic-hash:emit': [
    routing(
      'lets a hash stand for exactly one word',
      bindingKey(key => key.replaceAll('#', '*')),
      ['amqp091/routing/topic/*', 'amqp091/sender-selected/topic'],
    ),
    readsOneHash,
  ],
  'amqp091/3.1.3.4.headers-all:emit': [
    routing('is content with any pair where all must match', matchRule('all', 'any'), headers),
    routing(
      'looks at the names of headers and not at their values',
      bindingPairs((name, value) => [[name, name.startsWith('x-') ? value : { type: 'void', value: null }]]),
      [...headers, 'amqp091/exchange-binding/{matching,unbind}/*'],
    ),
    readsTwoPairs,
  ],
  'amqp091/3.1.3.4.headers-any:emit': [
    routing('wants all pairs where any would do', matchRule('any', 'all'), headers),
    routing(
      'lets a message without headers match whatever is bound',
      knowing(topology =>
        published(message => {
          const [first] = topology.on(message.args.exchange);
          const headerless = topology.exchangeTypes.get(message.args.exchange) === 'headers' && (message.properties.headers ?? []).length === 0;
          return headerless && first !== undefined && message.with({ properties: { ...message.properties, headers: first.arguments } });
        }),
      ),
      headers,
    ),
  ],
  'amqp091/3.1.3.4.headers-presence:emit': [
    routing(
      'overlooks a pair without value',
      bindingPairs((name, value) => (value.type === 'void' ? [] : [[name, value]])),
      ['amqp091/routing/headers/*'],
    ),
  ],
  'amqp091/3.1.3.4.headers-reserved:emit': [
    routing(
      'wants the x- pairs to match as well',
      bindingPairs((name, value) => [[name.startsWith('x-') && name !== 'x-match' ? `also-${name}` : name, value]]),
      ['amqp091/routing/headers/*'],
    ),
  ],
} as const satisfies FaultTable;

/** From the first such binding on, for all who connected later than who made it. */
function losesDefault(): EffectSeam {
  return {
    kind: 'effects',
    start: () => {
      let by = Number.POSITIVE_INFINITY;
      return (command, apply) => {
        if (command.kind === 'bind-exchange' && (command.source === '' || command.destination === '')) by = command.connection;
        return command.kind === 'publish' && command.message.exchange === '' && command.connection > by ? [] : apply(command);
      };
    },
  };
}

/** Whether two tables have the same names, in another order. */
function ordered(one: FieldTable, other: FieldTable): boolean {
  const [names, others] = [one, other].map(table => table.map(([name]) => name)) as [string[], string[]];
  return names.join() !== others.join() && names.sort().join() === others.sort().join();
}

/** Keys of bindings and messages alike. */
function cutKeys() {
  const most = 250;
  return either(
    request(['queue.bind', 'queue.unbind'], draft => draft.args.routingKey.length > most && draft.with({ routingKey: draft.args.routingKey.slice(0, most) })),
    published(message => message.args.routingKey.length > most && message.with({ args: { routingKey: message.args.routingKey.slice(0, most) } })),
  );
}

function refusedAgain() {
  return remembering(() => {
    const known = new Set<string>();
    return refused('exchange.declare', 406, ({ args }) => {
      const again = creates(args) && known.has(`${args.exchange} ${args.type} ${args.durable}`);
      if (creates(args)) known.add(`${args.exchange} ${args.type} ${args.durable}`);
      return again;
    });
  });
}

/** Binding keys to topic exchanges, read with other wildcards. */
function bindingKey(change: (key: string) => string) {
  return knowing(topology =>
    request(
      ['queue.bind', 'queue.unbind'],
      draft => topology.exchangeTypes.get(draft.args.exchange) === 'topic' && draft.with({ routingKey: change(draft.args.routingKey) }),
    ),
  );
}

/** A message that came out of one queue does not come out of another. */
function oneCopy() {
  return remembering(() => {
    const from = new Map<string, string>();
    return delivered('basic.get-ok', (message, at) => {
      const request = at.method('to-server', message.channel);
      const queue = request?.name === 'basic.get' ? request.args.queue : '';
      const key = `${message.args.exchange} ${message.args.routingKey} ${Buffer.from(message.body).toString('latin1')}`;
      if (message.args.exchange === '' || message.args.redelivered) return false;
      const first = from.get(key) ?? queue;
      from.set(key, first);
      return first !== queue && { send: [{ type: 'method', channel: message.channel, method: method('basic.get-empty') }] };
    });
  });
}
