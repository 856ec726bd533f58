import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10, Sender10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';

interface Both {
  readonly sender: Sender10;
  readonly receiver: Receiver10;
}

/** Links to and from a queue of the check's own, both with credit. */
async function both(peer: Peer): Promise<Both> {
  const { address } = await peer.node10();
  const session = await peer.session10();
  const sender = await session.sender(address);
  await sender.credited();
  const receiver = await session.receiver(address);
  receiver.credit(10);
  return { sender, receiver };
}

const tag = (text: string): Uint8Array => Buffer.from(text);
const octets = (text: string): Uint8Array => encodeMessage({ body: { type: 'data', value: [Buffer.from(text)] } });

/** Transfers and dispositions: sections 2.6.12, 2.6.14, 2.7.5 and 2.7.6. */
export const transfer10Checks: readonly Check[] = [
  check('amqp10/transfer/outcome-told', {
    title: 'What is sent unsettled gets an outcome',
    duties: ['amqp10/2.6.12.outcome-told:emit', 'amqp10/3.4.2.accepted-published:emit'],
    async run(peer: Peer) {
      const { sender } = await both(peer);
      const outcome = await sender.send('hello');
      peer.require(outcome?.type === 'accepted', `The outcome of a message for a queue of our own is ${outcome?.type}.`);
    },
  }),
  check('amqp10/transfer/settles-first', {
    title: 'A broker that settles first settles without waiting for the sender',
    duties: ['amqp10/2.7.5.settles-first:emit'],
    async run(peer: Peer) {
      const { sender } = await both(peer);
      const { settled } = await sender.outcome(await sender.deliver('hello'));
      peer.require(settled, 'The disposition does not settle the delivery.');
    },
  }),
  check('amqp10/transfer/settled-sent', {
    title: 'Of a delivery that was sent settled no state is told',
    duties: ['amqp10/2.6.12.settled-sent:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sender.deliver('hello', { settled: true });
      const { text } = await receiver.receive();
      peer.require(text === 'hello', `Expected the message, got ${text}.`);
      await sender.barrier(['disposition']);
    },
  }),
  check('amqp10/transfer/reassembled', {
    title: 'A message in several transfers, an empty one among them, arrives whole',
    duties: ['amqp10/2.6.14.reassembled:emit', 'amqp10/2.7.5.delivery-id-omitted:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      const message = octets('a message in three parts');
      sender.transfer({ deliveryId: 0, deliveryTag: tag('parts'), messageFormat: 0, more: true }, message.subarray(0, 7));
      sender.transfer({ more: true });
      sender.transfer({ more: true }, message.subarray(7, 12));
      sender.transfer({}, message.subarray(12));
      const { text } = await receiver.receive();
      peer.require(text === 'a message in three parts', `Expected the whole message, got ${text}.`);
    },
  }),
  check('amqp10/transfer/aborted', {
    title: 'What came of a delivery that is aborted is dropped',
    duties: ['amqp10/2.6.14.aborted:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      sender.transfer({ deliveryId: 0, deliveryTag: tag('aborted'), messageFormat: 0, more: true }, octets('aborted'));
      sender.transfer({ aborted: true });
      sender.transfer({ deliveryId: 1, deliveryTag: tag('whole'), messageFormat: 0 }, octets('whole'));
      const { text } = await receiver.receive();
      peer.require(text === 'whole', `Expected the message behind the aborted one, got ${text}.`);
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/transfer/delivery-tag', {
    title: 'A delivery without a tag is refused',
    duties: ['amqp10/2.6.12.delivery-tag:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await both(peer);
      sender.transfer({ deliveryId: 0, messageFormat: 0 }, octets('untagged'));
      await sender.answersTo('amqp10/2.6.12.delivery-tag:enforce');
    },
  }),
  check('amqp10/disposition/accepted', {
    title: 'A message that its receiver accepts is not delivered again',
    duties: ['amqp10/3.4.2.accepted:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sender.send('once');
      (await receiver.receive()).accept();
      await receiver.barrier();
      await receiver.detach();
      const other = await receiver.session.receiver(addressOf(receiver));
      other.credit(1);
      await other.barrier(['transfer']);
    },
  }),
  check('amqp10/disposition/released', {
    title: 'A message that its receiver releases is delivered again, its delivery-count as it was',
    duties: ['amqp10/3.4.4.released:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sender.send('again');
      (await receiver.receive()).release();
      const { text, message } = await receiver.receive();
      peer.require(text === 'again', `Expected the message again, got ${text}.`);
      peer.require((message.header?.deliveryCount ?? 0) === 0, `The delivery-count went up to ${message.header?.deliveryCount}.`);
    },
  }),
  check('amqp10/disposition/modified-delivery-failed', {
    title: 'With delivery-failed the delivery-count of the message goes up by one',
    duties: ['amqp10/3.4.5.delivery-failed:emit', 'amqp10/3.4.5.modified:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sender.send('again');
      (await receiver.receive()).modify({ deliveryFailed: true });
      const { message } = await receiver.receive();
      peer.require(message.header?.deliveryCount === 1, `The delivery-count is ${message.header?.deliveryCount ?? 'not told'}, where one delivery failed.`);
    },
  }),
  check('amqp10/disposition/returned-unsettled', {
    title: 'What a receiver has not settled when its link is closed is there for others again',
    duties: ['amqp10/3.4.returned-unsettled:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sender.send('back');
      await receiver.receive();
      await receiver.detach();
      const other = await receiver.session.receiver(addressOf(receiver));
      other.credit(1);
      const { text } = await other.receive();
      peer.require(text === 'back', `Expected the message that was not settled, got ${text}.`);
    },
  }),
];

function addressOf({ attach }: Receiver10): string {
  const { source } = attach;
  return source?.type === 'source' ? (source.address ?? '') : '';
}
