import type { MethodArguments } from '../spec/amqp091/classes.ts';
import { method } from '../wire/amqp091/codec.ts';
import type { FrameSeam } from './fault.ts';
import { exchangeBindingFaults } from './faults-exchange-binding.ts';
import { type Message, published } from './messages.ts';
import { declaredAgain, refused } from './refusals.ts';
import { either, remembering, request } from './rewrites.ts';
import { type FaultTable, faultsIn } from './row.ts';
import { knowing, type Topology } from './topology.ts';

const alternating = faultsIn('amqp091/alternate-exchange/**');
const ending = faultsIn('amqp091/exchange/auto-delete/*', 'amqp091/exchange-binding/auto-delete/*');
const internal = faultsIn('amqp091/exchange/internal/*', 'amqp091/alternate-exchange/internal');
const matching = faultsIn('amqp091/routing/headers/*');

type Publish = Message<'basic.publish'>;

/** Messages that an exchange of the connection has no use for and passes to its alternate exchange, which is handed over. */
function diverted(change: (message: Publish, alternate: string, topology: Topology) => ReturnType<Parameters<typeof published>[0]>): FrameSeam {
  return knowing(topology =>
    published(message => {
      const { exchange, routingKey } = message.args;
      const alternate = topology.alternate(exchange);
      return alternate !== undefined && !topology.routes(exchange, routingKey) && change(message, alternate, topology);
    }),
  );
}

/** Whether a chain of alternates comes to an exchange that is not there, or back to one that it has passed. */
function comesToNothing(topology: Topology, exchange: string): boolean {
  const passed: string[] = [];
  let next: string | undefined = exchange;
  for (; next !== undefined && !passed.includes(next); next = topology.alternate(next)) passed.push(next);
  return next !== undefined || passed.some(each => !topology.exchangeTypes.has(each));
}

/** The argument alternate-exchange. */
const alternateFaults = {
  'amqp091/alternate-exchange.unmatched:emit': [
    alternating(
      'takes the argument and does not heed it',
      request('exchange.declare', draft => draft.args.arguments.some(([name]) => name === 'alternate-exchange') && draft.with({ arguments: [] })),
      ['amqp091/alternate-exchange/**', 'amqp091/permission/**'],
    ),
  ],
  'amqp091/alternate-exchange.matched:emit': [
    alternating(
      'passes everything to the alternate exchange as well',
      knowing(topology =>
        published(message => {
          const { exchange, routingKey } = message.args;
          const alternate = topology.alternate(exchange);
          return alternate !== undefined && topology.routes(exchange, routingKey) && [message, message.with({ args: { exchange: alternate } })];
        }),
      ),
    ),
  ],
  'amqp091/alternate-exchange.chain:emit': [
    alternating(
      'asks one alternate exchange and no other',
      diverted((message, alternate, topology) => !topology.routes(alternate, message.args.routingKey) && topology.alternate(alternate) !== undefined && []),
    ),
  ],
  'amqp091/alternate-exchange.end:emit': [
    alternating(
      'says nothing of a message whose alternate exchanges lead nowhere',
      diverted(({ args }, _alternate, topology) => args.mandatory && comesToNothing(topology, args.exchange) && []),
    ),
  ],
  'amqp091/alternate-exchange.counts-as-routed:emit': [
    alternating(
      'returns what the alternate exchange has routed',
      diverted((message, alternate, topology) => {
        if (!message.args.mandatory || !topology.routes(alternate, message.args.routingKey)) return false;
        const { exchange, routingKey } = message.args;
        const [, ...content] = message.frames();
        const returned = method('basic.return', { replyCode: 312, replyText: 'no-route', exchange, routingKey });
        return { send: message.frames(), back: [{ type: 'method', channel: message.channel, method: returned }, ...content] };
      }),
    ),
  ],
  'amqp091/alternate-exchange.unchanged:emit': [
    alternating(
      'names the alternate exchange in place of the one that was published to',
      diverted((message, alternate, topology) => {
        const open = topology.exchangeTypes.has(alternate) && topology.declared.get(alternate)?.internal !== true;
        return open && message.with({ args: { exchange: alternate } });
      }),
    ),
  ],
} as const satisfies FaultTable;

type Declare = MethodArguments<'exchange.declare'>;

/** Declared again with another value of this field. */
function differingAgain(field: 'autoDelete' | 'internal'): FrameSeam {
  return remembering(() => {
    const known = new Map<string, Declare>();
    return refused('exchange.declare', 406, ({ args }) => {
      const first = known.get(args.exchange);
      if (first === undefined && !args.passive) known.set(args.exchange, args);
      return first !== undefined && !args.passive && first[field] !== args[field];
    });
  });
}

/** Exchanges that nobody bound anything to are deleted when the connection that declared them closes. */
function deletesUnbound(): FrameSeam {
  return knowing(topology =>
    request('connection.close', draft => {
      const unbound = [...topology.declared.values()].filter(({ exchange, autoDelete }) => autoDelete && topology.on(exchange).length === 0);
      const deletes = unbound.map(({ exchange }) => method('exchange.delete', { exchange, noWait: true }));
      return unbound.length > 0 && draft.precededBy(...deletes.map(each => ({ type: 'method', channel: 1, method: each }) as const));
    }),
  );
}

/** An exchange is deleted with the first binding that it loses. */
function deletesEarly(): FrameSeam {
  return knowing(topology => {
    const removal = (exchange: string) => method('exchange.delete', { exchange, noWait: true });
    const isAuto = (exchange: string) => topology.declared.get(exchange)?.autoDelete === true;
    return either(
      request('queue.unbind', draft => isAuto(draft.args.exchange) && draft.followedBy(removal(draft.args.exchange))),
      request('queue.delete', draft => {
        const lost = [...new Set(topology.bindings.filter(({ queue }) => queue === draft.args.queue).map(({ exchange }) => exchange))].filter(isAuto);
        return lost.length > 0 && draft.followedBy(...lost.map(removal));
      }),
    );
  });
}

/** The mode of a headers binding, in the binding and in its unbind. */
function matchesBy(change: (mode: string) => string | false): FrameSeam {
  return request(['queue.bind', 'queue.unbind'], draft => {
    const mode = modeOf(draft.args);
    const other = mode === undefined ? false : change(mode);
    if (other === false) return false;
    const value = { type: 'long-string', value: new TextEncoder().encode(other) } as const;
    return draft.with({ arguments: draft.args.arguments.map(([name, old]) => [name, name === 'x-match' ? value : old]) });
  });
}

function modeOf(args: Pick<MethodArguments<'queue.bind'>, 'arguments'>): string | undefined {
  const mode = args.arguments.find(([name]) => name === 'x-match')?.[1];
  return mode?.type === 'long-string' ? new TextDecoder().decode(mode.value) : undefined;
}

/** Auto-delete, internal, and the modes of a headers exchange. */
const propertyFaults = {
  'amqp091/exchange.declare.auto-delete:emit': [
    ending(
      'never deletes an auto-delete exchange',
      request('exchange.declare', draft => draft.args.autoDelete && draft.with({ autoDelete: false })),
    ),
    ending('deletes an auto-delete exchange with the first binding that it loses', deletesEarly()),
    ending(
      'deletes every exchange with its last binding',
      request('exchange.declare', draft => !draft.args.passive && !draft.args.autoDelete && draft.with({ autoDelete: true })),
      ['amqp091/{exchange,binding,routing,exchange-binding,alternate-exchange}/**'],
    ),
  ],
  'amqp091/exchange.declare.auto-delete-unused:emit': [ending('deletes an auto-delete exchange that nobody has bound anything to yet', deletesUnbound())],
  'amqp091/exchange.declare.auto-delete-existing:emit': [
    ending('holds another auto-delete against a second declare', differingAgain('autoDelete')),
    ending(
      'makes an exchange stay that was declared again without auto-delete',
      declaredAgain('exchange.declare', (draft, first) => {
        const { exchange } = draft.args;
        const anchor = method('exchange.bind', { source: exchange, destination: 'amq.headers', routingKey: 'never used', noWait: true });
        return first.autoDelete && !draft.args.autoDelete && draft.followedBy(anchor);
      }),
    ),
  ],
  'amqp091/exchange.declare.internal:emit': [
    internal(
      'lets nothing through an internal exchange',
      knowing(topology => request('queue.bind', draft => topology.declared.get(draft.args.exchange)?.internal === true && draft.accepted())),
    ),
  ],
  'amqp091/basic.publish.internal:enforce': [
    internal(
      'takes an internal exchange for any other',
      request('exchange.declare', draft => draft.args.internal && draft.with({ internal: false })),
    ),
  ],
  'amqp091/3.1.3.4.headers-mode:enforce': [
    matching(
      'takes every x-match that it does not know for all',
      matchesBy(mode => !/^(all|any)(-with-x)?$/.test(mode) && 'all'),
    ),
  ],
  'amqp091/headers-exchange.with-x:emit': [
    matching(
      'takes all-with-x for all and any-with-x for any',
      matchesBy(mode => mode.endsWith('-with-x') && mode.slice(0, 3)),
    ),
  ],
} as const satisfies FaultTable;

/** Extensions of exchanges: bindings between them, alternate exchanges, auto-delete and internal ones. */
export const topologyFaults = { ...exchangeBindingFaults, ...alternateFaults, ...propertyFaults } as const satisfies FaultTable;
