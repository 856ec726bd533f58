import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { type DeliveryState, encodeMessage, type Message } from '../../harness/wire/amqp10/codec.ts';
import { accepted, givesNothing, nameOf, received, released } from './controller.ts';
import { again, begun, mapOf, mustHold, stateIn, suspended, told } from './suspended.ts';

/** The state of a receiver that has so much. */
const upTo = (sectionNumber: number, sectionOffset: bigint) => ({ type: 'received', sectionNumber, sectionOffset }) as const;

/** The state received, which lacks the two fields that it must have. */
const lacking: DeliveryState = { type: 'described', descriptor: { type: 'ulong', value: 0x23n }, value: { type: 'list', value: [] } };

const terminal: ReadonlySet<string | undefined> = new Set(['accepted', 'rejected', 'released', 'modified']);

const body = { type: 'data', value: [Buffer.alloc(300, 'all but the last section was received before ')] } as const;

/** Sections of a message before its body. */
function sectionsBefore(message: Message): number {
  const { header, deliveryAnnotations, messageAnnotations, properties, applicationProperties } = message;
  return [header, deliveryAnnotations, messageAnnotations, properties, applicationProperties].filter(section => section !== undefined).length;
}

/** Resuming deliveries by what both ends say of them: sections 2.7.3, 3.4.1 and 3.4.6. */
export const resumeStates10Checks: readonly Check[] = [
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
  check('amqp10/resume/position', {
    title: 'A message of which its receiver has all but the last section is resumed from there, or from before',
    duties: ['amqp10/3.4.6.resume-position:emit', 'amqp10/3.4.1.received-fields:emit'],
    optional: true,
    async run(peer: Peer) {
      const left = await suspended(peer, [{ properties: { subject: 'resumed' }, body }]);
      const before = left.deliveries.reduce((sections, { message }) => sections + sectionsBefore(message), 0);
      const receiver = await again(left, mapOf(left.tags, upTo(before, 0n)));
      mustHold(peer, receiver, left.tags);
      receiver.credit(1);
      const { performative, payload } = await receiver.expect('transfer');
      if (performative.aborted === true) peer.notApplicable('The broker aborts the delivery rather than to resume it.');
      const { state } = performative;
      const { sectionNumber, sectionOffset } = state?.type === 'received' ? state : upTo(0, 0n);
      const isBefore = sectionNumber < before || (sectionNumber === before && sectionOffset === 0n);
      peer.require(
        isBefore,
        `The delivery is resumed from octet ${sectionOffset} of section ${sectionNumber}, and its receiver has all before section ${before}.`,
      );
      const rest = Buffer.from(encodeMessage({ body }));
      const ends = Buffer.from(payload).subarray(-rest.length).equals(rest);
      peer.require(ends, 'What was resumed does not end with the section that was missing.');
    },
  }),
  check('amqp10/resume/received', {
    title: 'A receiver may tell that it has part of a delivery, which can have any outcome afterwards',
    duties: ['amqp10/3.4.1.received-told:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const { receiver, deliveries } = await received(peer, session, address, ['partly']);
      for (const delivery of deliveries) delivery.settle(upTo(0, 4n), false);
      await receiver.barrier();
      for (const delivery of deliveries) delivery.release();
      receiver.credit(1);
      const { text } = await receiver.receive();
      peer.require(text === 'partly', `Expected the message that was released, got ${text}.`);
    },
  }),
  check('amqp10/resume/received/sender', {
    title: 'A sender does not tell the state received of what is not resumed',
    duties: ['amqp10/3.4.1.received-only-resuming:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const { receiver, deliveries } = await received(peer, session, address, ['large'.repeat(1000), 'small']);
      const states = deliveries.flatMap(({ transfers }) => transfers.map(({ performative }) => performative.state?.type));
      peer.require(!states.includes('received'), 'A delivery that is not resumed came with the state received.');
      for (const delivery of deliveries) delivery.settle(accepted, false);
      await receiver.barrier();
      const seen = session.connection.taken().flatMap(each => (each.kind === 'frame' && 'state' in each.performative ? [each.performative.state?.type] : []));
      peer.require(!seen.includes('received'), 'The broker tells the state received of what it has sent.');
    },
  }),
  check('amqp10/resume/received-fields', {
    title: 'The state received without its fields is refused',
    duties: ['amqp10/3.4.1.received-fields:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const { deliveries, receiver } = await received(peer, session, address, ['partly']);
      for (const delivery of deliveries) delivery.settle(lacking, false);
      await receiver.answersTo('amqp10/3.4.1.received-fields:enforce');
    },
  }),
  check('amqp10/resume/sender-decides', {
    title: 'An outcome that the broker has told is not another when its receiver comes back with another',
    duties: ['amqp10/3.4.6.sender-decides:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const { receiver, deliveries } = await received(peer, session, address, ['taken'], {}, { rcvSettleMode: 'second' });
      if (receiver.attach.rcvSettleMode !== 'second') peer.notApplicable('The broker has no receiver settle second.');
      for (const delivery of deliveries) delivery.settle(accepted, false);
      const { performative } = await session.expect('disposition');
      peer.require(performative.state?.type === 'accepted', `What was accepted is settled as ${nameOf(performative.state)}.`);
      await receiver.detach({ closed: false });
      const tags = deliveries.map(({ tag }) => tag);
      const back = await again({ session, address, name: receiver.name, deliveries, tags }, mapOf(tags, released), { attach: { rcvSettleMode: 'second' } });
      back.credit(1);
      await back.barrier();
      const came = begun(session).map(frame => frame.performative);
      peer.require(
        came.every(({ resume }) => resume === true),
        'What was accepted came again.',
      );
      peer.require(
        came.every(({ state }) => state?.type === 'accepted'),
        'The outcome that was told gave way to that of the receiver.',
      );
      await back.detach();
      await givesNothing(session, address);
    },
  }),
  check('amqp10/resume/terminal', {
    title: 'What its sender can resume has no terminal state in the map of the sender',
    duties: ['amqp10/3.4.6.terminal-kept-back:emit'],
    optional: true,
    async run(peer: Peer) {
      const left = await suspended(peer, ['kept']);
      const receiver = await again(left, mapOf(left.tags));
      mustHold(peer, receiver, left.tags);
      const ended = left.tags.some(tag => terminal.has(stateIn(receiver, tag)?.type));
      receiver.credit(1);
      const { performative, payload } = await receiver.expect('transfer');
      const whole = performative.resume === true && performative.aborted !== true && payload.length > 0;
      peer.require(!(ended && whole), 'The map of the sender has a terminal state for a delivery that it resumes with its message.');
    },
  }),
  check('amqp10/resume/null-key', {
    title: 'An attach is refused whose unsettled map has a null key',
    duties: ['amqp10/2.7.3.unsettled-null-key:enforce'],
    departs: true,
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const unsettled = [
        [
          { type: 'null', value: null },
          { type: 'null', value: null },
        ],
      ] as const;
      session.send('attach', {
        name: peer.name('link'),
        handle: 0,
        role: 'receiver',
        source: { type: 'source', address },
        target: { type: 'target' },
        unsettled,
      });
      await session.answersTo('amqp10/2.7.3.unsettled-null-key:enforce', { handle: 0 });
    },
  }),
  check('amqp10/resume/nothing-kept', {
    title: 'A receiver that comes back names no delivery of which it has nothing',
    duties: ['amqp10/3.4.6.no-empty-entries:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const sender = await session.sender(address);
      await sender.credited();
      const tag = Buffer.from('begun');
      sender.transfer({ deliveryId: 0, deliveryTag: tag, messageFormat: 0, more: true }, encodeMessage({ body }).subarray(0, 100));
      await sender.barrier();
      await sender.detach({ closed: false });
      const back = await session.sender(address, { name: sender.name, unsettled: mapOf([tag]) });
      const empty = [...told(back).values()].filter(({ type }) => type === 'null');
      peer.require(empty.length === 0, `The map of the receiver has ${empty.length} deliveries of which it has nothing.`);
    },
  }),
  check('amqp10/resume/large-map', {
    title: 'A map that is too large for a frame is sent in part, and says so',
    duties: ['amqp10/2.7.3.unsettled-too-large:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10({ open: { maxFrameSize: 512 } });
      const texts = Array.from({ length: 100 }, (_, at) => `message ${at}`);
      const { receiver, deliveries } = await received(peer, session, address, texts);
      await receiver.detach({ closed: false });
      const tags = deliveries.map(({ tag }) => tag);
      const attach = { incompleteUnsettled: true } as const;
      const back = await again({ session, address, name: receiver.name, deliveries, tags }, mapOf(tags.slice(0, 10)), { attach });
      const map = told(back);
      if (map.size === 0) peer.notApplicable('The broker says that it holds nothing of the link that was detached.');
      const whole = tags.every(tag => map.has(Buffer.from(tag).toString('hex')));
      peer.require(whole || back.attach.incompleteUnsettled === true, `A map of ${map.size} of ${tags.length} deliveries does not say that it is incomplete.`);
    },
  }),
];
