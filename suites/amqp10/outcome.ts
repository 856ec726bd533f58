import { type Check, check } from '../../harness/check/check.ts';
import type { Delivery10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { AmqpValue } from '../../harness/wire/amqp10/codec.ts';
import { both, expectLeft, expectText, sendAll } from './deliveries.ts';

const countOf = ({ message }: Delivery10): number => message.header?.deliveryCount ?? 0;
const text = (value: string): AmqpValue => ({ type: 'string', value });

function annotationOf({ message }: Delivery10, key: string): string | undefined {
  const value = message.messageAnnotations?.find(([name]) => name === key)?.[1];
  return value?.type === 'string' ? value.value : undefined;
}

/** What becomes of a message as its receiver settles it: section 3.4. */
export const outcome10Checks: readonly Check[] = [
  check('amqp10/disposition/accepted', {
    title: 'A message that its receiver accepts is not delivered again',
    duties: ['amqp10/3.4.2.accepted:emit'],
    async run(peer: Peer) {
      const { address, sender, receiver } = await both(peer);
      await sendAll(peer, sender, 'once');
      (await receiver.receive()).accept();
      await receiver.barrier();
      await receiver.detach();
      await expectLeft(peer, address);
    },
  }),
  check('amqp10/outcome/rejected', {
    title: 'A message that its receiver rejects is not delivered again as it is',
    duties: ['amqp10/3.4.3.rejected:emit'],
    async run(peer: Peer) {
      const { address, session, sender, receiver } = await both(peer);
      await sendAll(peer, sender, 'invalid', 'next');
      (await receiver.receive()).reject();
      const next = await receiver.receive();
      peer.require(next.text === 'next', `Expected the message behind the rejected one, got ${next.text}.`);
      next.accept();
      await receiver.barrier(['transfer']);
      await session.connection.close();
      await expectLeft(peer, address);
    },
  }),
  check('amqp10/outcome/rejected-error', {
    title: 'A rejection may say why',
    duties: ['amqp10/3.4.3.rejected:emit'],
    async run(peer: Peer) {
      const { address, sender, session, receiver } = await both(peer);
      await sendAll(peer, sender, 'invalid');
      (await receiver.receive()).reject({ type: 'error', condition: 'amqp:decode-error', description: 'cannot be read' });
      await receiver.barrier(['transfer']);
      await session.connection.close();
      await expectLeft(peer, address);
    },
  }),
  check('amqp10/disposition/released', {
    title: 'A message that its receiver releases is delivered again, its delivery-count as it was',
    duties: ['amqp10/3.4.4.released:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sendAll(peer, sender, 'again');
      (await receiver.receive()).release();
      const again = await receiver.receive();
      peer.require(again.text === 'again', `Expected the message again, got ${again.text}.`);
      peer.require(countOf(again) === 0, `The delivery-count went up to ${countOf(again)}.`);
    },
  }),
  check('amqp10/outcome/released-other', {
    title: 'A message that one receiver releases comes to another',
    duties: ['amqp10/3.4.4.released:emit', 'amqp10/3.3.1.acquired:emit'],
    async run(peer: Peer) {
      const { address, sender, receiver } = await both(peer, { credit: 1 });
      await sendAll(peer, sender, 'again');
      const delivery = await receiver.receive();
      const other = await (await peer.session10()).receiver(address);
      other.credit(1);
      await other.barrier(['transfer']);
      delivery.release();
      await expectText(peer, other, 'again');
    },
  }),
  check('amqp10/outcome/released-unchanged', {
    title: 'A message that is released comes again as it was: its bare message the same octets',
    duties: ['amqp10/3.4.4.released:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      const outcome = await sender.send({
        properties: { subject: 'same', correlationId: { type: 'ulong', value: 7n } },
        applicationProperties: [['key', text('value')]],
        body: { type: 'amqp-value', value: text('body') },
      });
      peer.require(outcome?.type === 'accepted', `The outcome of a message for a queue of our own is ${outcome?.type}.`);
      const one = await receiver.receive();
      one.release();
      const two = await receiver.receive();
      const [before, after] = [one, two].map(({ message }) => Buffer.from(message.bare).toString('hex'));
      peer.require(before === after, 'The bare message is another one than before.');
    },
  }),
  check('amqp10/outcome/modified', {
    title: 'A message that is modified and nothing else is delivered again, its delivery-count as it was',
    duties: ['amqp10/3.4.5.modified:emit', 'amqp10/3.4.5.modified-plain:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sendAll(peer, sender, 'again');
      (await receiver.receive()).modify();
      const again = await receiver.receive();
      peer.require(again.text === 'again', `Expected the message again, got ${again.text}.`);
      peer.require(countOf(again) === 0, `The delivery-count went up to ${countOf(again)}.`, 'amqp10/3.4.5.modified-plain:emit');
    },
  }),
  check('amqp10/outcome/modified-not-failed', {
    title: 'With delivery-failed false the delivery-count stays as it was',
    duties: ['amqp10/3.4.5.modified-plain:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sendAll(peer, sender, 'again');
      (await receiver.receive()).modify({ deliveryFailed: false, undeliverableHere: false });
      const again = await receiver.receive();
      peer.require(countOf(again) === 0, `The delivery-count went up to ${countOf(again)}.`);
    },
  }),
  check('amqp10/disposition/modified-delivery-failed', {
    title: 'With delivery-failed the delivery-count of the message goes up by one',
    duties: ['amqp10/3.4.5.delivery-failed:emit', 'amqp10/3.4.5.modified:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sendAll(peer, sender, 'again');
      (await receiver.receive()).modify({ deliveryFailed: true });
      const { message } = await receiver.receive();
      peer.require(message.header?.deliveryCount === 1, `The delivery-count is ${message.header?.deliveryCount ?? 'not told'}, where one delivery failed.`);
    },
  }),
  check('amqp10/outcome/delivery-failed-again', {
    title: 'Each failed delivery counts, and those that are released in between do not',
    duties: ['amqp10/3.4.5.delivery-failed:emit', 'amqp10/3.4.4.released:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sendAll(peer, sender, 'again');
      (await receiver.receive()).modify({ deliveryFailed: true });
      (await receiver.receive()).release();
      (await receiver.receive()).modify({ deliveryFailed: true });
      const last = await receiver.receive();
      peer.require(countOf(last) === 2, `The delivery-count is ${countOf(last)}, where two deliveries failed.`);
    },
  }),
  check('amqp10/outcome/undeliverable-here', {
    title: 'With undeliverable-here a message does not come to the same link again, and comes to another',
    duties: ['amqp10/3.4.5.undeliverable-here:emit', 'amqp10/3.4.5.modified:emit'],
    async run(peer: Peer) {
      const { address, sender, receiver } = await both(peer);
      await sendAll(peer, sender, 'elsewhere');
      (await receiver.receive()).modify({ undeliverableHere: true });
      await receiver.barrier(['transfer']);
      const other = await (await peer.session10()).receiver(address);
      other.credit(1);
      await expectText(peer, other, 'elsewhere');
    },
  }),
  check('amqp10/outcome/undeliverable-others', {
    title: 'A message that is undeliverable on a link does not keep others from it',
    duties: ['amqp10/3.4.5.undeliverable-here:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sendAll(peer, sender, 'elsewhere');
      (await receiver.receive()).modify({ undeliverableHere: true });
      await sendAll(peer, sender, 'here');
      await expectText(peer, receiver, 'here');
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/outcome/annotations-added', {
    title: 'The annotations of a modified outcome are added to those of the message',
    duties: ['amqp10/3.4.5.message-annotations:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sender.send({ messageAnnotations: [['x-opt-old', text('old')]], body: { type: 'amqp-value', value: text('annotated') } });
      (await receiver.receive()).modify({ messageAnnotations: [['x-opt-new', text('new')]] });
      const again = await receiver.receive();
      peer.require(annotationOf(again, 'x-opt-new') === 'new', 'The annotation of the outcome is not among those of the message.');
      peer.require(annotationOf(again, 'x-opt-old') === 'old', 'The annotation that the message had before is gone.');
    },
  }),
  check('amqp10/outcome/annotations-replaced', {
    title: 'An annotation of a modified outcome replaces that of the same key',
    duties: ['amqp10/3.4.5.message-annotations:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sender.send({ messageAnnotations: [['x-opt-key', text('old')]], body: { type: 'amqp-value', value: text('annotated') } });
      (await receiver.receive()).modify({ messageAnnotations: [['x-opt-key', text('new')]] });
      const again = await receiver.receive();
      peer.require(annotationOf(again, 'x-opt-key') === 'new', `The annotation is ${annotationOf(again, 'x-opt-key') ?? 'gone'}, where it was replaced.`);
    },
  }),
  check('amqp10/outcome/unsettled-kept', {
    title: 'Outcomes may be told in any order, and each goes for its own message',
    duties: ['amqp10/3.4.unsettled-kept:emit'],
    async run(peer: Peer) {
      const { address, session, sender, receiver } = await both(peer);
      await sendAll(peer, sender, 'one', 'two', 'three');
      const [one, two, three] = [await receiver.receive(), await receiver.receive(), await receiver.receive()];
      three.accept();
      await receiver.barrier();
      one.accept();
      await receiver.detach();
      await session.connection.close();
      peer.require(two.text === 'two', `Expected message two in its place, got ${two.text}.`);
      await expectLeft(peer, address, 'two');
    },
  }),
  check('amqp10/outcome/not-spontaneous', {
    title: 'The broker does not tell of what it delivers that it is rejected',
    duties: ['amqp10/3.4.3.not-spontaneous:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      await sender.deliver('kept', { settled: true });
      await expectText(peer, receiver, 'kept');
      await receiver.barrier(['disposition']);
    },
  }),
  check('amqp10/outcome/rejected-published', {
    title: 'A message that the broker can never take is not accepted, and the broker says why',
    duties: ['amqp10/3.4.3.rejected-published:emit'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      if (!session.connection.capability('ANONYMOUS-RELAY'))
        peer.unsupported('The broker does not offer ANONYMOUS-RELAY, by which a message may have no way to go.');
      const outcomes = ['amqp:accepted:list', 'amqp:rejected:list', 'amqp:released:list'];
      const sender = await session.sender(null, { source: { type: 'source', outcomes } });
      await sender.deliver('for nobody');
      await sender.answersTo('amqp10/3.4.3.rejected-published:emit', {
        answers: [
          { kind: 'outcome', outcome: 'rejected', condition: 'any', reading: 'text' },
          { kind: 'detach', condition: 'any', reading: 'text' },
        ],
      });
    },
  }),
];
