import type { BasicProperties } from '../../../spec/amqp091/classes.ts';
import { contentHeader, encodeContent } from '../../../wire/amqp091/content.ts';
import { joined } from '../../../wire/amqp091/craft.ts';
import { fieldTable } from '../../../wire/amqp091/field-table.ts';
import { method } from '../../../wire/amqp091/method.ts';
import type { Random } from '../../random.ts';
import type { Script } from './script.ts';

type LegalStep = (script: Script, channel: number) => void;

const encoder = new TextEncoder();
const bodies = ['', 'x', 'a body', 'y'.repeat(300)].map(body => encoder.encode(body));

/** Properties that are legal and out of the ordinary. */
function properties(random: Random): BasicProperties {
  if (random.oneIn(2)) return {};
  return {
    contentType: random.pick(['', 'text/plain', 'é'.repeat(60)]),
    deliveryMode: 1 + random.below(2),
    priority: random.below(10),
    ...(random.oneIn(2) && { headers: fieldTable({ a: true, n: 1, nested: { list: [1, 'two'] } }) }),
    ...(random.oneIn(3) && { messageId: 'm'.repeat(random.pick([0, 1, 255])) }),
  };
}

/** A message with all its frames. */
export function message(channel: number, routingKey: string, body: Uint8Array, values: BasicProperties = {}): Uint8Array {
  const header = contentHeader({ properties: values, bodySize: body.length });
  return joined(...encodeContent(channel, method('basic.publish', { routingKey }), header, [body], 4096));
}

/** A queue of the channel's own, which its later steps mean by the empty name, and which stays when a consumer goes. */
const declareOwn: LegalStep = (script, channel) => script.method(channel, method('queue.declare', { exclusive: true }), 'queue.declare-ok');

const publish: LegalStep = (script, channel) => {
  const { random, setting } = script;
  script.say(message(channel, `${setting.prefix}nowhere`, random.pick(bodies), properties(random)), `basic.publish on ${channel}`);
};

/** Steps that want a queue of the channel's own. */
const withQueue: readonly LegalStep[] = [
  (script, channel) => script.method(channel, method('queue.bind', { exchange: 'amq.direct', routingKey: `${script.setting.prefix}key` }), 'queue.bind-ok'),
  (script, channel) => script.method(channel, method('queue.purge'), 'queue.purge-ok'),
  (script, channel) => script.method(channel, method('basic.get', { noAck: true }), 'basic.get-ok|basic.get-empty'),
  (script, channel) => script.method(channel, method('basic.consume', { noAck: true }), 'basic.consume-ok'),
  (script, channel) => {
    script.method(channel, method('basic.consume', { consumerTag: 'passing' }), 'basic.consume-ok');
    script.method(channel, method('basic.cancel', { consumerTag: 'passing' }), 'basic.cancel-ok');
  },
];

const withoutQueue: readonly LegalStep[] = [
  publish,
  (script, channel) => script.method(channel, method('basic.qos', { prefetchCount: script.random.pick([0, 1, 65_535]) }), 'basic.qos-ok'),
  (script, channel) => script.method(channel, method('exchange.declare', { exchange: 'amq.topic', passive: true }), 'exchange.declare-ok'),
  (script, channel) => script.method(channel, method('channel.flow', { active: true }), 'channel.flow-ok'),
];

/** Modes of a channel, of which it has one at most. */
const modes: readonly LegalStep[] = [
  (script, channel) => script.method(channel, method('confirm.select'), 'confirm.select-ok'),
  (script, channel) => {
    script.method(channel, method('tx.select'), 'tx.select-ok');
    publish(script, channel);
    const end = script.random.pick(['tx.commit', 'tx.rollback'] as const);
    script.method(channel, method(end), `${end}-ok`);
  },
];

/** Some legal steps on a channel that is open, none more often than not. */
export function legalSteps(script: Script, channel: number): void {
  const { random } = script;
  if (random.oneIn(6)) random.pick(modes)(script, channel);
  for (let count = random.small(3); count > 0; count -= 1) random.pick(withoutQueue)(script, channel);
  if (!random.oneIn(5)) return;
  declareOwn(script, channel);
  for (let count = random.small(3); count > 0; count -= 1) random.pick(withQueue)(script, channel);
}
