import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { type AmqpMap, type DeliveryState, describedOf, encodeMessage } from '../../harness/wire/amqp10/codec.ts';
import { accepted, givesNothing, received } from './controller.ts';

interface Left {
  readonly session: Session10;
  readonly address: string;
  readonly name: string;
  readonly tags: readonly Uint8Array[];
}

/** A link that has received these messages, and is detached without being closed before it settled any. */
async function suspended(peer: Peer, texts: readonly string[]): Promise<Left> {
  const { address } = await peer.node10();
  const session = await peer.session10();
  const { receiver, deliveries } = await received(peer, session, address, texts);
  await receiver.detach({ closed: false });
  return { session, address, name: receiver.name, tags: deliveries.map(({ tag }) => tag) };
}

/** The unsettled field of an attach. */
function mapOf(tags: readonly Uint8Array[], state?: Exclude<DeliveryState, { readonly type: 'described' }>): AmqpMap {
  return tags.map(value => [{ type: 'binary', value }, state === undefined ? { type: 'null', value: null } : describedOf(state)]);
}

/** The link again, with what its client says that it holds. */
function again({ session, address, name }: Left, unsettled: AmqpMap, incompleteUnsettled?: true): Promise<Receiver10> {
  const source = { type: 'source', address, defaultOutcome: { type: 'released' } } as const;
  return session.receiver(source, { name, unsettled, ...(incompleteUnsettled && { incompleteUnsettled }) });
}

/** Ends the check where the peer says that it holds none of them any more. */
function mustHold(peer: Peer, { attach }: Receiver10, tags: readonly Uint8Array[]): void {
  const told = (attach.unsettled ?? []).flatMap(([tag]) => (tag.type === 'binary' ? [Buffer.from(tag.value).toString('hex')] : []));
  if (!tags.every(tag => told.includes(Buffer.from(tag).toString('hex'))))
    peer.notApplicable('The broker says that it holds nothing of the link that was detached.');
}

/** Resuming deliveries: sections 2.6.13 and 3.4.6. */
export const resume10Checks: readonly Check[] = [
  check('amqp10/resume/both', {
    title: 'What both ends hold for unsettled is resumed under its tag, whole where the receiver has nothing of it',
    duties: ['amqp10/2.6.13.both:emit', 'amqp10/2.6.13.resume-flag:emit', 'amqp10/2.7.5.resume-own:emit', 'amqp10/3.4.6.nothing-received:emit'],
    optional: true,
    async run(peer: Peer) {
      const left = await suspended(peer, ['one', 'two']);
      const receiver = await again(left, mapOf(left.tags));
      mustHold(peer, receiver, left.tags);
      receiver.credit(2);
      for (const [at, text] of ['one', 'two'].entries()) {
        const delivery = await receiver.receive();
        const same = Buffer.compare(delivery.tag, left.tags[at] ?? Buffer.alloc(0)) === 0;
        peer.require(same, 'A delivery that both ends hold was not resumed under its tag.');
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
  check('amqp10/resume/outcome', {
    title: 'Where the receiver has an outcome, the delivery is resumed to say which holds',
    duties: ['amqp10/3.4.6.outcome-resumed:emit', 'amqp10/3.4.6.outcome-state:emit', 'amqp10/2.7.3.unsettled-compared:emit'],
    optional: true,
    async run(peer: Peer) {
      const left = await suspended(peer, ['done']);
      const receiver = await again(left, mapOf(left.tags, accepted));
      mustHold(peer, receiver, left.tags);
      receiver.credit(1);
      const delivery = await receiver.receive();
      peer.require(delivery.transfers[0]?.performative.resume === true, 'The delivery came without resume.');
      peer.require(delivery.state !== undefined, 'The transfer that resumes for an outcome bears no state.', 'amqp10/3.4.6.outcome-state:emit');
      if (!delivery.settled) delivery.accept();
      await receiver.barrier(['transfer']);
      await receiver.detach();
      await givesNothing(left.session, left.address);
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
    title: 'What only the receiver holds is passed over',
    duties: ['amqp10/2.6.13.target-only:emit'],
    optional: true,
    async run(peer: Peer) {
      const left = await suspended(peer, ['held']);
      const receiver = await again(left, mapOf([...left.tags, Buffer.from('of no delivery')]));
      receiver.credit(2);
      await receiver.receive();
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/resume/incomplete', {
    title: 'Where the map of the receiver is incomplete, nothing new is sent',
    duties: ['amqp10/2.7.3.incomplete-new:emit'],
    optional: true,
    async run(peer: Peer) {
      const left = await suspended(peer, ['held', 'not told of']);
      const receiver = await again(left, mapOf(left.tags.slice(0, 1), accepted), true);
      const sender = await left.session.sender(left.address);
      await sender.send('new');
      receiver.credit(10);
      await receiver.barrier();
      const first = left.session.connection
        .taken()
        .flatMap(seen => (seen.kind === 'frame' && seen.performative.type === 'transfer' ? [seen.performative] : []));
      const fresh = first.filter(({ deliveryTag, resume }) => deliveryTag !== undefined && resume !== true);
      peer.require(fresh.length === 0, `${fresh.length} new deliveries came where the map of the receiver is incomplete.`);
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
      const message = encodeMessage({ body: { type: 'data', value: [Buffer.from('resumed')] } });
      sender.transfer({ deliveryId: 0, deliveryTag: tag, messageFormat: 0, resume: true }, message);
      await sender.barrier();
      await givesNothing(session, address);
    },
  }),
];
