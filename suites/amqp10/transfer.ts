import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { compositeAs, frameOf, joined } from '../../harness/wire/amqp10/craft.ts';
import { both, expectText, first, large, octets, smallFrames, tag } from './deliveries.ts';

/** Single transfers, their ids, tags and formats: sections 2.6.12 and 2.7.5. */
export const transfer10Checks: readonly Check[] = [
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
  check('amqp10/transfer/delivery-tag-parts', {
    title: 'A delivery in several transfers whose first has no tag is refused',
    duties: ['amqp10/2.6.12.delivery-tag:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await both(peer);
      const message = octets('untagged');
      sender.transfer({ deliveryId: 0, messageFormat: 0, more: true }, message.subarray(0, 5));
      sender.transfer({}, message.subarray(5));
      await sender.answersTo('amqp10/2.6.12.delivery-tag:enforce');
    },
  }),
  check('amqp10/transfer/first-fields', {
    title: 'The first transfer of each delivery of the broker has handle, delivery-id, delivery-tag and message-format',
    duties: ['amqp10/2.6.12.delivery-tag:emit', 'amqp10/2.7.5.delivery-id:emit', 'amqp10/2.7.5.message-format:emit', 'amqp10/2.7.5.handle:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      for (const text of ['one', 'two']) {
        await sender.deliver(text);
        const { performative } = await receiver.expect('transfer');
        const { deliveryId, deliveryTag, messageFormat } = performative;
        peer.require(deliveryId !== undefined, 'The transfer has no delivery-id.', 'amqp10/2.7.5.delivery-id:emit');
        peer.require(deliveryTag !== undefined, 'The transfer has no delivery-tag.', 'amqp10/2.6.12.delivery-tag:emit');
        peer.require(messageFormat === 0, `The message-format is ${messageFormat ?? 'left out'}, where 0 was sent.`, 'amqp10/2.7.5.message-format:emit');
      }
    },
  }),
  check('amqp10/transfer/first-fields-parts', {
    title: 'Where a delivery of the broker takes several transfers, the first has delivery-id, tag and format, and the others none or the same',
    duties: [
      'amqp10/2.6.12.delivery-tag:emit',
      'amqp10/2.7.5.delivery-id:emit',
      'amqp10/2.7.5.message-format:emit',
      'amqp10/2.7.5.delivery-id-changed:emit',
      'amqp10/2.7.5.format-changed:emit',
    ],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer, { connection: smallFrames });
      await sender.deliver(large('in parts'));
      const { transfers, text } = await receiver.receive();
      const [head, ...rest] = transfers.map(({ performative }) => performative);
      peer.require(rest.length > 0, 'A message larger than a frame came in one transfer.');
      peer.require(head?.deliveryId !== undefined, 'The first transfer has no delivery-id.', 'amqp10/2.7.5.delivery-id:emit');
      peer.require(head.deliveryTag !== undefined, 'The first transfer has no delivery-tag.', 'amqp10/2.6.12.delivery-tag:emit');
      peer.require(head.messageFormat !== undefined, 'The first transfer has no message-format.', 'amqp10/2.7.5.message-format:emit');
      const ids = rest.filter(({ deliveryId = head.deliveryId }) => deliveryId !== head.deliveryId);
      peer.require(ids.length === 0, 'A further transfer has another delivery-id than the first.', 'amqp10/2.7.5.delivery-id-changed:emit');
      const formats = rest.filter(({ messageFormat = head.messageFormat }) => messageFormat !== head.messageFormat);
      peer.require(formats.length === 0, 'A further transfer has another message-format than the first.', 'amqp10/2.7.5.format-changed:emit');
      peer.require(text === large('in parts'), 'The message is not the one that was sent.');
    },
  }),
  check('amqp10/transfer/tags-apart', {
    title: 'The unsettled deliveries of a link have tags of their own',
    duties: ['amqp10/2.6.12.tag-unique:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      const texts = ['one', 'two', 'three'];
      for (const text of texts) await sender.deliver(text);
      const tags = new Set<string>();
      for (const _ of texts) tags.add(Buffer.from((await receiver.receive()).tag).toString('hex'));
      peer.require(tags.size === texts.length, `${texts.length} unsettled deliveries have ${tags.size} different tags.`);
    },
  }),
  check('amqp10/transfer/tag-taken', {
    title: 'A second delivery with the tag of one that is unsettled is refused',
    duties: ['amqp10/2.6.12.tag-unique:enforce'],
    departs: true,
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const sender = await session.sender(address, { rcvSettleMode: 'second' });
      if (sender.attach.rcvSettleMode !== 'second')
        peer.unsupported('The broker attaches with rcv-settle-mode first: a delivery may be settled before the next comes.');
      await sender.credited();
      sender.transfer(first(0, 'twice'), octets('one'));
      await sender.outcome(0);
      await sender.credited();
      sender.transfer(first(1, 'twice'), octets('two'));
      await sender.answersTo('amqp10/2.6.12.tag-unique:enforce');
    },
  }),
  check('amqp10/transfer/tag-reused', {
    title: 'The tag of a delivery that is settled may be used again',
    duties: ['amqp10/2.6.12.outcome-told:emit', 'amqp10/3.4.2.accepted-published:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      for (const text of ['one', 'two']) {
        const outcome = await sender.send(text, { tag: tag('again') });
        peer.require(outcome?.type === 'accepted', `The outcome of message ${text} is ${outcome?.type}.`, 'amqp10/3.4.2.accepted-published:emit');
      }
      for (const text of ['one', 'two']) await expectText(peer, receiver, text);
    },
  }),
  check('amqp10/transfer/tag-per-link', {
    title: 'The same tag on two links names two deliveries',
    duties: ['amqp10/2.6.12.tag-per-link:emit'],
    async run(peer: Peer) {
      const { address, session, sender, receiver } = await both(peer);
      const other = await session.sender(address);
      await other.credited();
      const ids = [await sender.deliver('one', { tag: tag('same') }), await other.deliver('other', { tag: tag('same') })];
      const outcomes = [await sender.outcome(ids[0] ?? 0), await other.outcome(ids[1] ?? 0)];
      peer.require(
        outcomes.every(({ state }) => state?.type === 'accepted'),
        'Not both deliveries were accepted.',
      );
      const texts = [(await receiver.receive()).text, (await receiver.receive()).text].sort();
      peer.require(texts.join() === 'one,other', `Expected both messages, got ${texts.join(' and ')}.`);
    },
  }),
  check('amqp10/transfer/tag-sizes', {
    title: 'Tags of one octet and of 32 are taken',
    duties: ['amqp10/2.6.12.outcome-told:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      for (const size of [1, 32]) {
        const outcome = await sender.send(String(size), { tag: new Uint8Array(size).fill(size) });
        peer.require(outcome?.type === 'accepted', `The outcome of a delivery whose tag has ${size} octets is ${outcome?.type}.`);
        await expectText(peer, receiver, String(size));
      }
    },
  }),
  check('amqp10/transfer/delivery-ids', {
    title: 'The deliveries of a session are numbered one after another over all of its links',
    duties: ['amqp10/2.6.12.delivery-ids:emit'],
    async run(peer: Peer) {
      const one = await both(peer, { credit: 0 });
      const { address } = await peer.node10();
      const [otherSender, otherReceiver] = [await one.session.sender(address), await one.session.receiver(address)];
      const links = [one, { sender: otherSender, receiver: otherReceiver }];
      const ids: number[] = [];
      for (const { sender, receiver } of [...links, ...links]) {
        await sender.deliver('numbered');
        receiver.credit(1);
        ids.push((await receiver.receive()).deliveryId);
      }
      const [start = 0] = ids;
      const due = ids.map((_, at) => (start + at) >>> 0);
      peer.require(ids.join() === due.join(), `The deliveries have the ids ${ids.join(', ')}, where ${due.join(', ')} follow one another.`);
    },
  }),
  check('amqp10/transfer/delivery-ids-any', {
    title: 'The numbers of deliveries begin wherever the client likes',
    duties: ['amqp10/2.6.12.outcome-told:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      for (const [at, text] of ['one', 'two'].entries()) {
        await sender.credited();
        sender.transfer(first(1000 + at, text), octets(text));
        const { state } = await sender.outcome(1000 + at);
        peer.require(state?.type === 'accepted', `The outcome of delivery ${1000 + at} is ${state?.type}.`);
        await expectText(peer, receiver, text);
      }
    },
  }),
  check('amqp10/transfer/handle-missing', {
    title: 'A transfer without a handle is refused',
    duties: ['amqp10/2.7.5.handle:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session } = (await both(peer)).sender;
      const nowhere = compositeAs('transfer', { deliveryId: 0, deliveryTag: tag('nowhere'), messageFormat: 0 });
      session.connection.sendBytes(frameOf(joined(nowhere, octets('nowhere')), { channel: session.channel }));
      await session.answersTo('amqp10/2.7.5.handle:enforce');
    },
  }),
  check('amqp10/transfer/delivery-id-missing', {
    title: 'A delivery without a delivery-id is refused',
    duties: ['amqp10/2.7.5.delivery-id:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await both(peer);
      sender.transfer({ deliveryTag: tag('nameless'), messageFormat: 0 }, octets('nameless'));
      await sender.answersTo('amqp10/2.7.5.delivery-id:enforce');
    },
  }),
  check('amqp10/transfer/delivery-id-missing-parts', {
    title: 'A delivery in several transfers whose first has no delivery-id is refused',
    duties: ['amqp10/2.7.5.delivery-id:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await both(peer);
      const message = octets('nameless');
      sender.transfer({ deliveryTag: tag('nameless'), messageFormat: 0, more: true }, message.subarray(0, 5));
      sender.transfer({}, message.subarray(5));
      await sender.answersTo('amqp10/2.7.5.delivery-id:enforce');
    },
  }),
  check('amqp10/transfer/batchable', {
    title: 'What is batchable gets its outcome all the same',
    duties: ['amqp10/2.7.5.batchable:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      const outcome = await sender.send('batchable', { batchable: true });
      peer.require(outcome?.type === 'accepted', `The outcome of a batchable delivery is ${outcome?.type}.`);
      await expectText(peer, receiver, 'batchable');
    },
  }),
];
