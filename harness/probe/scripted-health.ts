import type { Method, MethodArguments, MethodName } from '../spec/amqp091/classes.ts';
import { fieldTable } from '../wire/amqp091/codec.ts';
import type { Line } from './scripted-peer.ts';

export const frameMax = 131_072;

/** What a healthy server begins with. */
export function start(line: Line): void {
  const capabilities = { publisher_confirms: true, 'basic.nack': true };
  line.reply(0, 'connection.start', {
    versionMinor: 9,
    serverProperties: fieldTable({ product: 'scripted', capabilities }),
    mechanisms: new TextEncoder().encode('PLAIN'),
    locales: new TextEncoder().encode('en_US'),
  });
}

type Healthy = { readonly [N in MethodName]?: (line: Line, args: MethodArguments<N>, channel: number) => void };

const healthyAnswers: Healthy = {
  'connection.start-ok': line => line.reply(0, 'connection.tune', { channelMax: 100, frameMax, heartbeat: 60 }),
  'connection.close': line => {
    line.forget();
    line.reply(0, 'connection.close-ok');
    line.stream.end();
  },
  'channel.flow': (line, args, channel) => line.reply(channel, 'channel.flow-ok', args),
  'queue.declare': (line, args, channel) => {
    const queue = args.queue === '' ? line.serverNamed() : args.queue;
    if (args.exclusive) line.exclusive.add(queue);
    line.reply(channel, 'queue.declare-ok', { queue, messageCount: line.peer.queue(queue).messages.length });
  },
  'queue.delete': (line, { queue }, channel) => {
    if (line.peer.queues.delete(queue)) line.reply(channel, 'queue.delete-ok');
    else line.reply(channel, 'channel.close', { replyCode: 404, replyText: 'no such queue', classId: 50, methodId: 40 });
  },
  'basic.publish': (line, { routingKey }) => line.expectContent(routingKey),
  'basic.consume': (line, { queue, consumerTag }, channel) => {
    const tag = consumerTag === '' ? 'ctag' : consumerTag;
    line.peer.queue(queue).consumers.push({ tag, line, channel });
    line.reply(channel, 'basic.consume-ok', { consumerTag: tag });
  },
  'basic.get': (line, { queue }, channel) => {
    const body = line.peer.queue(queue).messages.shift();
    if (body === undefined) line.reply(channel, 'basic.get-empty');
    else line.content(channel, 'basic.get-ok', { deliveryTag: 1n, routingKey: queue }, body);
  },
};

/** What a healthy server answers to a request. */
export function healthyAnswer(line: Line, { name, args }: Method, channel: number): void {
  const answer = healthyAnswers[name] as ((line: Line, args: unknown, channel: number) => void) | undefined;
  if (answer !== undefined) answer(line, args, channel);
  else if (plain.has(name)) line.reply(channel, `${name}-ok` as MethodName);
}

/** Requests whose healthy answer is their name with -ok and nothing in it. */
const plain: ReadonlySet<MethodName> = new Set<MethodName>([
  'connection.open',
  'channel.open',
  'channel.close',
  'exchange.declare',
  'exchange.delete',
  'queue.bind',
  'queue.unbind',
  'queue.purge',
  'basic.qos',
  'basic.cancel',
  'basic.recover',
  'confirm.select',
]);
