import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { accepted, givesNothing } from './controller.ts';
import { again, begun, holding, isSameTag, isTold, mapOf, mustHold, suspended } from './suspended.ts';
import { sourceOf } from './termini.ts';

/** A delivery-tag that no broker gave out. */
const strange = Buffer.from('of no delivery');

const resumedOut = { body: { type: 'data', value: [Buffer.from('resumed')] } } as const;

/** Resuming deliveries: section 2.6.13. */
export const resume10Checks: readonly Check[] = [
  check('amqp10/resume/both', {
    title: 'What both ends hold for unsettled is resumed under its tag, whole where the receiver has nothing of it',
    duties: ['amqp10/2.6.13.both:emit', 'amqp10/2.6.13.resume-flag:emit', 'amqp10/3.4.6.nothing-received:emit', 'amqp10/2.7.3.unsettled-null-key:emit'],
    optional: true,
    async run(peer: Peer) {
      const left = await suspended(peer, ['one', 'two']);
      const receiver = await again(left, mapOf(left.tags));
      mustHold(peer, receiver, left.tags);
      const named = receiver.attach.unsettled?.every(([tag]) => tag.type === 'binary');
      peer.require(named === true, 'A key of an unsettled map is no delivery-tag.', 'amqp10/2.7.3.unsettled-null-key:emit');
      receiver.credit(2);
      for (const [at, text] of ['one', 'two'].entries()) {
        const delivery = await receiver.receive();
        peer.require(isSameTag(delivery.tag, left.tags[at]), 'A delivery that both ends hold was not resumed under its tag.');
        const resume = delivery.transfers[0]?.performative.resume;
        peer.require(resume === true, 'The first transfer of a resumed delivery does not say resume.', 'amqp10/2.6.13.resume-flag:emit');
        peer.require(delivery.text === text, `Expected ${text}, got ${delivery.text}.`, 'amqp10/3.4.6.nothing-received:emit');
        delivery.accept();
      }
      await receiver.barrier(['transfer']);
      await receiver.detach();
      await givesNothing(left.session, left.address);
    },
  }),
  check('amqp10/resume/connection', {
    title: 'A link whose source stays for ever is resumed on another connection of its container',
    duties: ['amqp10/2.6.13.both:emit'],
    optional: true,
    async run(peer: Peer) {
      const open = { containerId: peer.name('container') };
      const source = { expiryPolicy: 'never' } as const;
      const before = await holding(peer, await peer.session10({ open }), ['held'], { source });
      const { expiryPolicy = 'session-end' } = sourceOf(before.receiver);
      if (expiryPolicy !== 'never') peer.notApplicable(`The broker tells the expiry-policy ${expiryPolicy} where never is asked for.`);
      await before.session.connection.close();
      const session = await peer.session10({ open });
      const receiver = await again({ ...before, session }, mapOf(before.tags), { source });
      mustHold(peer, receiver, before.tags);
      receiver.credit(1);
      const delivery = await receiver.receive();
      peer.require(isSameTag(delivery.tag, before.tags[0]), 'A delivery that both ends hold was not resumed under its tag.');
      peer.require(delivery.transfers[0]?.performative.resume === true, 'The first transfer of a resumed delivery does not say resume.');
      delivery.accept();
      await receiver.barrier(['transfer']);
      await receiver.detach();
      await givesNothing(session, before.address);
    },
  }),
  check('amqp10/resume/forgotten', {
    title: 'What the receiver does not hold any more comes again as a new delivery',
    duties: ['amqp10/3.4.6.resend-forgotten:emit'],
    optional: true,
    async run(peer: Peer) {
      const left = await suspended(peer, ['again']);
      const receiver = await again(left, []);
      receiver.credit(1);
      const delivery = await receiver.receive();
      peer.require(delivery.text === 'again', `Expected the message again, got ${delivery.text}.`);
      peer.require(delivery.transfers[0]?.performative.resume !== true, 'What the receiver does not hold came as resumed.');
    },
  }),
  check('amqp10/resume/target-only', {
    title: 'What only the receiver holds is passed over, and nothing resumed that the map of the sender has not',
    duties: ['amqp10/2.6.13.target-only:emit', 'amqp10/2.7.5.resume-own:emit'],
    optional: true,
    async run(peer: Peer) {
      const left = await suspended(peer, ['held']);
      const receiver = await again(left, mapOf([...left.tags, strange]));
      receiver.credit(2);
      await receiver.barrier();
      const resumed = begun(left.session).filter(({ performative }) => performative.resume === true);
      const ofNone = resumed.some(({ performative }) => isSameTag(performative.deliveryTag, strange));
      peer.require(!ofNone, 'A delivery that only the receiver holds was resumed.', 'amqp10/2.6.13.target-only:emit');
      const own = receiver.attach.incompleteUnsettled === true || resumed.every(each => isTold(receiver, each));
      peer.require(own, 'A delivery was resumed that the map of its sender has not.', 'amqp10/2.7.5.resume-own:emit');
    },
  }),
  check('amqp10/resume/incomplete', {
    title: 'Where the map of the receiver is incomplete, nothing new is sent',
    duties: ['amqp10/2.7.3.incomplete-new:emit'],
    optional: true,
    async run(peer: Peer) {
      const left = await suspended(peer, ['held', 'not told of']);
      const receiver = await again(left, mapOf(left.tags.slice(0, 1), accepted), { attach: { incompleteUnsettled: true } });
      const sender = await left.session.sender(left.address);
      await sender.send('new');
      receiver.credit(10);
      await receiver.barrier();
      const fresh = begun(left.session).filter(({ performative }) => performative.resume !== true);
      peer.require(fresh.length === 0, `${fresh.length} new deliveries came where the map of the receiver is incomplete.`);
    },
  }),
  check('amqp10/resume/incomplete/next', {
    title: 'What an incomplete map names is resumed, and the rest when the link comes back with a whole one',
    duties: ['amqp10/2.6.13.incomplete:emit'],
    optional: true,
    async run(peer: Peer) {
      const left = await suspended(peer, ['one', 'two', 'three']);
      const rounds = [
        { tags: left.tags.slice(0, 1), attach: { incompleteUnsettled: true } },
        { tags: left.tags.slice(1), attach: {} },
      ] as const;
      for (const { tags, attach } of rounds) {
        const receiver = await again(left, mapOf(tags), { attach });
        mustHold(peer, receiver, tags);
        receiver.credit(tags.length);
        for (const tag of tags) {
          const delivery = await receiver.receive();
          peer.require(isSameTag(delivery.tag, tag), 'A delivery that both ends hold was not resumed under its tag.');
          peer.require(delivery.transfers[0]?.performative.resume === true, 'What both ends hold came as a new delivery.');
          delivery.accept();
        }
        await left.session.barrier(['transfer']);
        await receiver.detach({ closed: false });
      }
      await givesNothing(left.session, left.address);
    },
  }),
  check('amqp10/resume/unknown-dropped', {
    title: 'A resumed delivery that the broker does not hold is dropped',
    duties: ['amqp10/2.6.13.resumed-unknown:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const tag = Buffer.from('resumed');
      const sender = await session.sender(address, { unsettled: mapOf([tag]) });
      await sender.credited();
      sender.transfer({ deliveryId: 0, deliveryTag: tag, messageFormat: 0, resume: true }, encodeMessage(resumedOut));
      await sender.barrier();
      await givesNothing(session, address);
    },
  }),
  check('amqp10/resume/unknown-dropped/new-link', {
    title: 'A resumed delivery on a link that is new is dropped',
    duties: ['amqp10/2.6.13.resumed-unknown:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const sender = await session.sender(address);
      await sender.credited();
      sender.transfer({ deliveryId: 0, deliveryTag: strange, messageFormat: 0, resume: true, settled: true }, encodeMessage(resumedOut));
      await sender.barrier();
      await givesNothing(session, address);
    },
  }),
];
