import { type Check, check } from '../../harness/check/check.ts';
import type { Sender10 } from '../../harness/probe/amqp10-links.ts';
import type { Draft10 } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { both, expectText, first, large, octets, smallFrames, tag } from './deliveries.ts';

/** Sends a message as delivery `id`, cut into pieces at these places; `last` goes with the last of them. */
function inParts(sender: Sender10, id: number, text: string, cuts: readonly number[], last: Draft10<'transfer'> = {}): void {
  const message = octets(text);
  const ends = [...cuts.map(cut => Math.min(cut, message.length)), message.length];
  for (const [at, end] of ends.entries()) {
    const more = at < ends.length - 1;
    sender.transfer({ ...(at === 0 && first(id, text)), ...(more ? { more } : last) }, message.subarray(ends[at - 1] ?? 0, end));
  }
}

/** How a message may be cut. */
const cuttings = [
  { name: 'empty-first', how: 'an empty transfer first', cuts: [0] },
  { name: 'empty-last', how: 'an empty transfer last', cuts: [1000] },
  { name: 'all-empty-but-one', how: 'empty transfers around a full one', cuts: [0, 0, 1000, 1000] },
  { name: 'within-head', how: 'its sections cut within their descriptors', cuts: [1, 2, 3] },
  { name: 'single-octets', how: 'pieces of single octets', cuts: [1, 2, 3, 4, 5, 6, 7, 8] },
] as const;

const pieces: readonly Check[] = cuttings.map(({ name, how, cuts }) =>
  check(`amqp10/transfer/reassembled/${name}`, {
    title: `A message with ${how} arrives whole`,
    duties: ['amqp10/2.6.14.reassembled:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      inParts(sender, 0, 'a message in parts', cuts);
      const { state } = await sender.outcome(0);
      peer.require(state?.type === 'accepted', `The outcome of the message is ${state?.type}.`);
      await expectText(peer, receiver, 'a message in parts');
    },
  }),
);

/** Where a delivery may be aborted: how many of its transfers went before, and what the one that aborts is like. */
const abortions: readonly {
  readonly name: string;
  readonly when: string;
  readonly before: number;
  readonly last: Draft10<'transfer'>;
  readonly payload: string;
}[] = [
  { name: 'at-once', when: 'by its first transfer', before: 0, last: {}, payload: '' },
  { name: 'at-once-filled', when: 'by its first transfer, which has the whole payload', before: 0, last: {}, payload: 'all' },
  { name: 'second', when: 'by its second transfer', before: 1, last: {}, payload: '' },
  { name: 'filled', when: 'by a transfer with the rest of the payload', before: 2, last: {}, payload: 'rest' },
  { name: 'settled', when: 'by a transfer that says settled', before: 2, last: { settled: true }, payload: '' },
];

const aborted: readonly Check[] = abortions.map(({ name, when, before, last, payload }) =>
  check(`amqp10/transfer/aborted/${name}`, {
    title: `What came of a delivery that is aborted ${when} is dropped, and no state is told of it`,
    duties: ['amqp10/2.6.14.aborted:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      const message = octets('aborted');
      const cuts = [0, 4, 8].slice(0, before + 1);
      for (let at = 0; at < before; at += 1) {
        sender.transfer({ ...(at === 0 && first(0, 'aborted')), more: true }, message.subarray(cuts[at], cuts[at + 1]));
      }
      const rest = payload === '' ? new Uint8Array(0) : message.subarray(cuts[before]);
      sender.transfer({ ...(before === 0 && first(0, 'aborted')), ...last, aborted: true }, rest);
      await sender.barrier(['disposition']);
      await sender.credited();
      sender.transfer(first(1, 'whole'), octets('whole'));
      await expectText(peer, receiver, 'whole');
      await receiver.barrier(['transfer']);
    },
  }),
);

/** Messages in several transfers: section 2.6.14. */
export const transferParts10Checks: readonly Check[] = [
  check('amqp10/transfer/reassembled', {
    title: 'A message in several transfers, an empty one among them, arrives whole',
    duties: ['amqp10/2.6.14.reassembled:emit', 'amqp10/2.7.5.delivery-id-omitted:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      inParts(sender, 0, 'a message in three parts', [7, 7, 12]);
      await expectText(peer, receiver, 'a message in three parts');
    },
  }),
  ...pieces,
  check('amqp10/transfer/reassembled/repeated-fields', {
    title: 'A message whose further transfers repeat delivery-id, tag and format arrives whole',
    duties: ['amqp10/2.6.14.reassembled:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      const message = octets('all repeated');
      sender.transfer(first(0, 'same', { more: true }), message.subarray(0, 5));
      sender.transfer(first(0, 'same', { more: true }), message.subarray(5, 9));
      sender.transfer(first(0, 'same'), message.subarray(9));
      await expectText(peer, receiver, 'all repeated');
    },
  }),
  check('amqp10/transfer/reassembled/large-both-ways', {
    title: 'A message of many small frames arrives whole in as many',
    duties: ['amqp10/2.6.14.reassembled:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer, { connection: smallFrames });
      const outcome = await sender.send(large('many'));
      peer.require(outcome?.type === 'accepted', `The outcome of the message is ${outcome?.type}.`);
      const { text, transfers } = await receiver.receive();
      peer.require(transfers.length > 2, `A message of more than 1,600 octets came in ${transfers.length} transfers of at most 512.`);
      peer.require(text === large('many'), 'The message is not the one that was sent.');
    },
  }),
  check('amqp10/transfer/not-interleaved', {
    title: 'The messages of a link come one after the other, each of them to its end',
    duties: ['amqp10/2.6.14.not-interleaved:emit', 'amqp10/2.7.5.delivery-id-changed:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer, { connection: smallFrames });
      for (const label of ['one', 'two', 'three']) await sender.deliver(large(label));
      for (const label of ['one', 'two', 'three']) await expectText(peer, receiver, large(label));
    },
  }),
  check('amqp10/transfer/not-interleaved/refused', {
    title: 'A delivery that begins in the middle of another on its link is refused',
    duties: ['amqp10/2.6.14.not-interleaved:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await both(peer);
      sender.transfer(first(0, 'one', { more: true }), octets('one').subarray(0, 4));
      sender.transfer(first(1, 'two'), octets('two'));
      await sender.answersTo('amqp10/2.6.14.not-interleaved:enforce');
    },
  }),
  check('amqp10/transfer/delivery-id-changed', {
    title: 'A further transfer with another delivery-id is refused',
    duties: ['amqp10/2.7.5.delivery-id-changed:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await both(peer);
      const message = octets('changed');
      sender.transfer(first(0, 'one', { more: true }), message.subarray(0, 4));
      sender.transfer({ deliveryId: 7 }, message.subarray(4));
      await sender.answersTo('amqp10/2.7.5.delivery-id-changed:enforce');
    },
  }),
  check('amqp10/transfer/delivery-tag-changed', {
    title: 'A further transfer with another delivery-tag is refused',
    duties: ['amqp10/2.7.5.delivery-id-changed:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await both(peer);
      const message = octets('changed');
      sender.transfer(first(0, 'one', { more: true }), message.subarray(0, 4));
      sender.transfer({ deliveryTag: tag('two') }, message.subarray(4));
      await sender.answersTo('amqp10/2.7.5.delivery-id-changed:enforce');
    },
  }),
  check('amqp10/transfer/format-changed', {
    title: 'A further transfer with another message-format is refused',
    duties: ['amqp10/2.7.5.format-changed:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { sender } = await both(peer);
      const message = octets('changed');
      sender.transfer(first(0, 'one', { more: true }), message.subarray(0, 4));
      sender.transfer({ messageFormat: 1 }, message.subarray(4));
      await sender.answersTo('amqp10/2.7.5.format-changed:enforce');
    },
  }),
  check('amqp10/transfer/interleaved-links', {
    title: 'Messages on two links of a session may come mixed',
    duties: ['amqp10/2.6.14.interleaved-links:emit'],
    async run(peer: Peer) {
      const { address, session, sender, receiver } = await both(peer);
      const other = await session.sender(address);
      await other.credited();
      const [one, two] = [octets('one'), octets('two')];
      sender.transfer(first(0, 'one', { more: true }), one.subarray(0, 4));
      other.transfer(first(1, 'two', { more: true }), two.subarray(0, 4));
      sender.transfer({ more: true }, one.subarray(4, 5));
      other.transfer({}, two.subarray(4));
      sender.transfer({}, one.subarray(5));
      const texts = [(await receiver.receive()).text, (await receiver.receive()).text].sort();
      peer.require(texts.join() === 'one,two', `Expected both messages, got ${texts.join(' and ')}.`);
    },
  }),
  ...aborted,
  check('amqp10/transfer/aborted', {
    title: 'What came of a delivery that is aborted is dropped',
    duties: ['amqp10/2.6.14.aborted:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      sender.transfer(first(0, 'aborted', { more: true }), octets('aborted'));
      sender.transfer({ aborted: true });
      await sender.credited();
      sender.transfer(first(1, 'whole'), octets('whole'));
      await expectText(peer, receiver, 'whole');
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/transfer/aborted/tag-free', {
    title: 'A delivery that is aborted is settled: its tag is free again',
    duties: ['amqp10/2.6.14.aborted:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      sender.transfer(first(0, 'again', { more: true }), octets('aborted'));
      sender.transfer({ aborted: true });
      await sender.credited();
      sender.transfer(first(1, 'again'), octets('whole'));
      const { state } = await sender.outcome(1);
      peer.require(state?.type === 'accepted', `The outcome of the delivery behind the aborted one is ${state?.type}.`);
      await expectText(peer, receiver, 'whole');
    },
  }),
  check('amqp10/transfer/aborted/more', {
    title: 'A transfer that aborts and announces more aborts',
    duties: ['amqp10/2.7.5.aborted-first:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      sender.transfer(first(0, 'aborted', { more: true }), octets('aborted'));
      sender.transfer({ aborted: true, more: true });
      await sender.credited();
      sender.transfer(first(1, 'whole'), octets('whole'));
      await expectText(peer, receiver, 'whole');
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/transfer/aborted/by-broker', {
    title: 'What the broker aborts it does not announce more of',
    duties: ['amqp10/2.7.5.more-aborted:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      for (const label of ['one', 'two']) {
        await sender.deliver(label);
        for (let goesOn = true; goesOn; ) {
          const { more = false, aborted: isAborted = false } = (await receiver.expect('transfer')).performative;
          peer.require(!(isAborted && more), 'A transfer aborts its delivery and announces more of it.');
          goesOn = more || isAborted;
        }
      }
    },
  }),
];
