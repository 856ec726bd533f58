import type { BasicProperties } from '../spec/amqp091/classes.ts';
import type { FieldTable, FieldValue } from '../spec/amqp091/domains.ts';
import { method } from '../wire/amqp091/codec.ts';
import type { FrameSeam, Piece } from './fault.ts';
import { delivered, type Message, published } from './messages.ts';
import { argumentOf, text, textIn, withArgument } from './queue-arguments.ts';
import { either, remembering, request } from './rewrites.ts';
import { knowing } from './topology.ts';

type Got = Message<'basic.get-ok'>;

/** What get hands out of dead letters reaches the client changed. */
export function letters(change: (letter: Got, headers: FieldTable) => Got | Message | 'lost' | false): FrameSeam {
  return delivered('basic.get-ok', letter => {
    const headers = letter.properties.headers ?? [];
    if (deathsIn(headers).length === 0) return false;
    const next = change(letter, headers);
    return next === 'lost' ? { send: [{ type: 'method', channel: letter.channel, method: method('basic.get-empty') }] } : next;
  });
}

/** Dead letters have other headers. */
export function headers(change: (headers: FieldTable) => FieldTable): FrameSeam {
  return letters((letter, old) => letter.with({ properties: { ...letter.properties, headers: change(old) } }));
}

/** Dead letters have another value for a header; undefined: none. */
export function header(name: string, change: (value: FieldValue, all: FieldTable) => FieldValue | undefined): FrameSeam {
  return headers(all => {
    const value = argumentOf(all, name);
    return value === undefined ? all : withArgument(all, name, change(value, all));
  });
}

/** The entries of x-death are told otherwise. */
export function entries(change: (entries: readonly FieldTable[]) => readonly FieldTable[]): FrameSeam {
  return header('x-death', (_, all) => ({ type: 'array', value: change(deathsIn(all)).map(value => ({ type: 'table', value })) }));
}

/** One field of each entry of x-death is told otherwise. */
export function field(name: string, value: FieldValue | undefined): FrameSeam {
  return entries(all => all.map(entry => withArgument(entry, name, value)));
}

/** Dead letters of this reason never arrive. */
export function lost(reason: string): FrameSeam {
  return letters((_, all) => deathsIn(all).some(entry => textIn(entry, 'reason') === reason) && 'lost');
}

export function deathsIn(all: FieldTable): readonly FieldTable[] {
  const told = argumentOf(all, 'x-death');
  return told?.type === 'array' ? told.value.flatMap(entry => (entry.type === 'table' ? [entry.value] : [])) : [];
}

/** What goes with its queue, or is purged, is published to the dead letter exchange first. */
export function buries(...names: readonly ('queue.delete' | 'queue.purge')[]): FrameSeam {
  return remembering(() => {
    const waiting = new Map<string, Message<'basic.publish'>>();
    const noting = published(message => {
      waiting.set(message.args.routingKey, message);
      return false;
    });
    const burying = knowing(topology =>
      request(names, draft => {
        const message = waiting.get(draft.args.queue);
        const exchange = textIn(topology.queues.get(draft.args.queue)?.arguments ?? [], 'x-dead-letter-exchange');
        return message !== undefined && exchange !== undefined && draft.precededBy(...message.with({ args: { exchange } }).frames());
      }),
    );
    return either(noting, burying);
  });
}

/** What is published to a queue that may expire is published to its dead letter exchange as well. */
export function buriesWithQueue(): FrameSeam {
  return knowing(topology =>
    published(message => {
      const all = topology.queues.get(message.args.routingKey)?.arguments ?? [];
      const exchange = textIn(all, 'x-dead-letter-exchange');
      return argumentOf(all, 'x-expires') !== undefined && exchange !== undefined && [message, message.with({ args: { exchange } })];
    }),
  );
}

/** A message that comes back to its queue is a new one, behind all others: it was published to the default exchange before. */
export function comesBackAsNew(): FrameSeam {
  return remembering(() => {
    const out = new Map<string, Message>();
    const key = (channel: number, tag: bigint) => `${channel} ${tag}`;
    const note = (message: Message<'basic.deliver'> | Got): false => {
      out.set(key(message.channel, message.args.deliveryTag), message);
      return false;
    };
    const renewed = (channel: number, tag: bigint): readonly Piece[] => {
      const message = out.get(key(channel, tag));
      if (message === undefined) return [];
      out.delete(key(channel, tag));
      const ack: Piece = { type: 'method', channel, method: method('basic.ack', { deliveryTag: tag }) };
      return [ack, ...asPublished(message)];
    };
    const rejecting = request('basic.reject', draft => {
      const pieces = draft.args.requeue ? renewed(draft.channel, draft.args.deliveryTag) : [];
      return pieces.length > 0 && { send: pieces };
    });
    const closing = request('channel.close', draft => {
      const tags = [...out.keys()].filter(each => each.startsWith(`${draft.channel} `)).map(each => BigInt(each.split(' ')[1] ?? 0));
      return tags.length > 0 && draft.precededBy(...tags.flatMap(tag => renewed(draft.channel, tag)));
    });
    return either(delivered('basic.deliver', note), delivered('basic.get-ok', note), rejecting, closing);
  });
}

function asPublished(message: Message): readonly Piece[] {
  const { routingKey } = message.args as { readonly routingKey: string };
  const [, ...content] = message.frames();
  return [{ type: 'method', channel: message.channel, method: method('basic.publish', { routingKey }) }, ...content];
}

/** A dead letter that is rejected again is dropped. */
export function diesOnce(): FrameSeam {
  return remembering(() => {
    const dead = new Set<string>();
    const noting = delivered('basic.get-ok', message => {
      if (deathsIn(message.properties.headers ?? []).length > 0) dead.add(`${message.channel} ${message.args.deliveryTag}`);
      return false;
    });
    const dropping = request(
      'basic.reject',
      ({ channel, args: { deliveryTag } }) => dead.has(`${channel} ${deliveryTag}`) && method('basic.ack', { deliveryTag }),
    );
    return either(noting, dropping);
  });
}

/** The same properties with these changes; undefined takes one away. */
export function propertiesWith(
  properties: BasicProperties,
  changes: { readonly [K in keyof BasicProperties]?: BasicProperties[K] | undefined },
): BasicProperties {
  return Object.fromEntries(Object.entries({ ...properties, ...changes }).filter(([, value]) => value !== undefined));
}

/** x-first-death-… say what x-last-death-… say, or the other way round. */
export function says(wrong: 'first' | 'last', right: 'first' | 'last'): FrameSeam {
  return headers(all =>
    ['queue', 'reason', 'exchange'].reduce(
      (told, what) => withArgument(told, `x-${wrong}-death-${what}`, argumentOf(all, `x-${right}-death-${what}`) ?? text('')),
      all,
    ),
  );
}
