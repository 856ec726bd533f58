import { method } from '../wire/amqp091/codec.ts';
import { exchanges } from './areas.ts';
import type { FrameSeam } from './fault.ts';
import { published } from './messages.ts';
import { refused } from './refusals.ts';
import { type Draft, either, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';
import { knowing, sameLink, type Topology } from './topology.ts';

const wiring = ['amqp091/exchange-binding/**', 'amqp091/alternate-exchange/of-a-destination', 'amqp091/exchange/internal/bound'];
const binding = faultsIn(...wiring);

/** A request about an exchange that its connection never declared is done all the same. */
function forgives(name: 'exchange.bind' | 'exchange.unbind', end: 'source' | 'destination'): FrameSeam {
  return knowing(topology => request(name, draft => !topology.exchangeTypes.has(draft.args[end]) && pretended(draft)));
}

/** Not done, and said to be. */
function pretended(draft: Draft<'exchange.bind' | 'exchange.unbind'>) {
  return draft.args.noWait ? draft.swallowed() : draft.accepted();
}

/** A binding that keeps an exchange in use and that no message comes through. */
const anchor = (source: string) => method('exchange.bind', { source, destination: 'amq.headers', routingKey: 'never used', noWait: true });

const removal = (exchange: string) => method('exchange.delete', { exchange, noWait: true });

const isAutoDelete = (topology: Topology, exchange: string): boolean => topology.declared.get(exchange)?.autoDelete === true;

/** Whether messages can come to one place by two ways, or round in a ring. */
function hasTwoWays(topology: Topology, exchange: string): boolean {
  const reachable = topology.reachable(exchange);
  const ends = [exchange, ...reachable.flatMap(each => topology.from(each).map(({ destination }) => destination))];
  const queues = reachable.flatMap(each => [...new Set(topology.on(each).map(({ queue }) => queue))]);
  return new Set(ends).size < ends.length || new Set(queues).size < queues.length;
}

/** Methods exchange.bind and exchange.unbind. */
export const exchangeBindingFaults = {
  'amqp091/exchange.bind.effect:emit': [
    binding('says that exchanges are bound and binds none', request('exchange.bind', pretended), [...wiring, 'amqp091/permission/**']),
    binding(
      'binds exchanges both ways',
      request('exchange.bind', draft => {
        const { source, destination } = draft.args;
        const back = method('exchange.bind', { ...draft.args, source: destination, destination: source, noWait: true });
        return source !== destination && draft.followedBy(back);
      }),
    ),
    binding(
      'passes messages on over one binding and no further',
      knowing(topology => request('exchange.bind', draft => topology.links.some(({ destination }) => destination === draft.args.source) && pretended(draft))),
    ),
    binding(
      'gives a message the key of the binding that it comes by',
      knowing(topology =>
        published(message => {
          const [link] = topology.from(message.args.exchange);
          return link !== undefined && link.routingKey !== '' && message.with({ args: { routingKey: link.routingKey } });
        }),
      ),
    ),
  ],
  'amqp091/exchange.bind.matching:emit': [
    binding(
      'looks neither at the key nor at the arguments of a binding between exchanges',
      knowing(topology => {
        const any: Readonly<Record<string, string>> = { topic: '#' };
        const loosened = request(['exchange.bind', 'exchange.unbind'], draft => {
          const type = topology.exchangeTypes.get(draft.args.source) ?? '';
          return type !== 'direct' && type !== 'fanout' && draft.with({ routingKey: any[type] ?? '', arguments: [] });
        });
        const toAll = published(message => {
          const [link] = topology.from(message.args.exchange);
          const direct = topology.exchangeTypes.get(message.args.exchange) === 'direct';
          return direct && link !== undefined && message.with({ args: { routingKey: link.routingKey } });
        });
        return either(loosened, toAll);
      }),
    ),
    binding(
      'wants the key to be equal, also where the source is a fanout exchange',
      knowing(topology => published(({ args }) => topology.links.some(each => each.source === args.exchange && each.routingKey !== args.routingKey) && [])),
    ),
  ],
  'amqp091/exchange.bind.duplicates:emit': [
    binding(
      'does not let exchanges be bound twice by the same binding',
      knowing(topology => refused('exchange.bind', 406, ({ args }) => topology.links.some(each => sameLink(each, args)))),
    ),
  ],
  'amqp091/exchange.bind.cyclical:emit': [
    binding(
      'refuses a binding that closes a loop',
      knowing(topology => refused('exchange.bind', 406, ({ args }) => topology.reachable(args.destination).includes(args.source))),
    ),
  ],
  'amqp091/exchange.bind.unique:emit': [
    binding(
      'passes a message on once more where there are two ways',
      knowing(topology => published(message => message.args.exchange !== '' && hasTwoWays(topology, message.args.exchange) && [message, message])),
      [...wiring, ...exchanges],
    ),
  ],
  'amqp091/exchange.bind.destination-exists:enforce': [
    binding('says that a missing exchange is bound', forgives('exchange.bind', 'destination'), [...wiring, 'amqp091/permission/**']),
  ],
  'amqp091/exchange.bind.source-exists:enforce': [
    binding('says that an exchange is bound to a missing one', forgives('exchange.bind', 'source'), [...wiring, 'amqp091/permission/**']),
  ],
  'amqp091/exchange.bind.life:emit': [
    binding(
      'gives a new exchange the bindings of a deleted one of its name',
      knowing(topology =>
        request('exchange.declare', draft => {
          const lost = topology.lost.filter(({ source, destination }) => source === draft.args.exchange || destination === draft.args.exchange);
          return !draft.args.passive && lost.length > 0 && draft.followedBy(...lost.map(args => method('exchange.bind', { ...args, noWait: true })));
        }),
      ),
    ),
  ],
  'amqp091/exchange.bind.auto-delete:emit': [
    binding(
      'deletes an auto-delete exchange with its last queue, although an exchange is bound to it',
      knowing(topology => request('queue.unbind', draft => isAutoDelete(topology, draft.args.exchange) && draft.followedBy(removal(draft.args.exchange)))),
      ['amqp091/exchange/auto-delete/*', ...wiring],
    ),
    binding(
      'never deletes an auto-delete exchange to which an exchange was bound',
      knowing(topology => request('exchange.bind', draft => isAutoDelete(topology, draft.args.source) && draft.followedBy(anchor(draft.args.source)))),
    ),
    binding(
      'counts the bindings that lead to an auto-delete exchange as its own',
      knowing(topology =>
        request('exchange.unbind', draft => isAutoDelete(topology, draft.args.destination) && draft.followedBy(removal(draft.args.destination))),
      ),
    ),
  ],
  'amqp091/exchange.unbind.effect:emit': [
    binding('says that exchanges are unbound and leaves them bound', request('exchange.unbind', pretended)),
    binding(
      'takes all bindings from an exchange away together',
      knowing(topology =>
        request('exchange.unbind', draft =>
          draft.followedBy(...topology.from(draft.args.source).map(args => method('exchange.unbind', { ...args, noWait: true }))),
        ),
      ),
    ),
  ],
  'amqp091/exchange.unbind.destination-exists:enforce': [binding('says that a missing exchange is unbound', forgives('exchange.unbind', 'destination'))],
  'amqp091/exchange.unbind.source-exists:enforce': [binding('says that an exchange is unbound from a missing one', forgives('exchange.unbind', 'source'))],
} as const satisfies FaultTable;
