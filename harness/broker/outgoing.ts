import { giveUpAfter } from './acknowledgement-timeout.ts';
import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import type { Message } from './message.ts';
import { whole } from './paging.ts';
import type { Entry } from './queue.ts';

/** What a delivery costs of a window besides the body, in octets. */
const deliveryOverhead = 256;

/** Sends what stays in its queue: nothing of it is left to settle. */
export function show(core: Core, consumer: Consumer, entry: Entry): void {
  consumer.seenUpTo = entry.position;
  consumer.channel.lastDeliveryTag += 1;
  send(core, consumer, entry, whole(entry.message), consumer.channel.lastDeliveryTag, entry.deliveries > 0);
}

/** Sends an entry that was taken out of its queue. */
export function deliver(core: Core, consumer: Consumer, entry: Entry): void {
  const { channel } = consumer;
  const message = whole(entry.message);
  channel.lastDeliveryTag += 1;
  const deliveryTag = channel.lastDeliveryTag;
  const redelivered = entry.deliveries > 1;
  if (consumer.options.noAck) core.dispatcher.finish(entry);
  else {
    entry.consumer = consumer;
    core.dispatcher.noteSent(entry);
    channel.ledger.add(deliveryTag, entry);
    consumer.took(message.size);
    const { acknowledgementTimeoutMs } = entry.queue;
    if (acknowledgementTimeoutMs !== undefined && core.settings.readings.consumerTimeout === 'text')
      giveUpAfter(core, channel, deliveryTag, acknowledgementTimeoutMs);
  }
  send(core, consumer, entry, message, deliveryTag, redelivered);
}

function send(
  core: Core,
  { channel, gate, tag: consumerTag }: Consumer,
  { failures, deadlineMs }: Entry,
  message: Message,
  deliveryTag: number,
  redelivered: boolean,
): void {
  const { connection } = channel;
  gate.credit -= 1;
  core.emit({ kind: 'deliver', connection: connection.id, channel: channel.number, consumerTag, deliveryTag, redelivered, failures, deadlineMs, message });
  connection.window -= message.size + deliveryOverhead;
  if (connection.window > 0 || connection.gate.closed) return;
  connection.gate.close();
  core.emit({ kind: 'window-used', connection: connection.id });
}
