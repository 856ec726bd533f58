import { type Check, check } from '../../harness/check/check.ts';
import type { Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { errorConditions } from '../../harness/spec/amqp10/conditions.ts';
import type { AmqpError } from '../../harness/wire/amqp10/codec.ts';
import { compositeAs, frameOf, mapOf } from '../../harness/wire/amqp10/craft.ts';
import { numbers, receiveAll, scene, sendAll } from './scenes.ts';

/** No link of ours has it. */
const stray = 42;
/** A map with a string where the key is to be a symbol. */
const byString = mapOf([Uint8Array.of(0xa1, 1, 0x61), Uint8Array.of(0xa1, 1, 0x62)]);
const windows = { incomingWindow: 10, nextOutgoingId: 0, outgoingWindow: 10 };
const nearEnd = 0xffff_fffe;

/** What the broker says in the end, or in more than that, of a session with which it cannot go on. */
async function failure(peer: Peer, session: Session10): Promise<AmqpError> {
  session.flow({ handle: stray, deliveryCount: 0, linkCredit: 1 });
  for (;;) {
    const seen = await session.connection.next();
    const what = seen.kind === 'frame' ? seen.performative : undefined;
    if (seen.kind === 'ended' || ((what?.type === 'end' || what?.type === 'close') && what.error === undefined))
      peer.notApplicable('The broker tells no error.');
    if ((what?.type === 'end' || what?.type === 'close') && what.error !== undefined) return what.error;
  }
}

/** A frame that says of something that it failed, and not by what condition. */
const unconditional = (name: 'detach' | 'end'): Check =>
  check(`amqp10/error/without-condition/${name}`, {
    title: `The error of a ${name} without a condition is refused`,
    duties: ['amqp10/2.8.14.condition:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session, connection, address } = await scene(peer);
      await session.sender(address, { handle: 0 });
      const error = compositeAs('error', {});
      const body = name === 'end' ? compositeAs('end', {}, { fields: { error } }) : compositeAs('detach', { handle: 0 }, { fields: { error } });
      connection.sendBytes(frameOf(body, { channel: session.channel }));
      await session.answersTo('amqp10/2.8.14.condition:enforce');
    },
  });

/** Properties that are keyed by strings. */
const misKeyed = (name: 'begin' | 'flow'): Check =>
  check(`amqp10/error/field-keys/${name}`, {
    title: `The properties of a ${name} with a string for a key are refused`,
    duties: ['amqp10/2.8.13.field-keys:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const { channel, begin } = await connection.session();
      const how = { fields: { properties: byString } };
      const flow = compositeAs('flow', { ...windows, nextIncomingId: begin.nextOutgoingId }, how);
      const octets = name === 'begin' ? frameOf(compositeAs('begin', windows, how), { channel: channel + 5 }) : frameOf(flow, { channel });
      connection.sendBytes(octets);
      await connection.answersTo('amqp10/2.8.13.field-keys:enforce');
    },
  });

/** Definitions and error conditions: section 2.8. */
export const error10Checks: readonly Check[] = [
  check('amqp10/error/role', {
    title: 'What the broker says of deliveries that it gets it says as their receiver',
    duties: ['amqp10/2.8.1.role:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      await sendAll(peer, await session.sender(address), numbers(3));
    },
  }),
  check('amqp10/error/delivery-tag-size/kept', {
    title: 'The broker makes delivery-tags of at most 32 octets, and takes them of so many',
    duties: ['amqp10/2.8.7.delivery-tag-size:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const sender = await session.sender(address);
      await sender.send('1', { tag: new Uint8Array(32).fill(0x61) });
      await sender.send('2', { tag: Uint8Array.of(0x61) });
      const receiver = await session.receiver(address);
      receiver.credit(2);
      for (const _ of [1, 2]) {
        const { tag } = await receiver.receive();
        peer.require(tag.length <= 32, `A delivery-tag of ${tag.length} octets came.`);
      }
    },
  }),
  check('amqp10/error/delivery-tag-size/exceeded', {
    title: 'A delivery-tag of 33 octets is refused',
    duties: ['amqp10/2.8.7.delivery-tag-size:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const sender = await session.sender(address);
      await sender.credited();
      sender.transfer({ deliveryId: 0, deliveryTag: new Uint8Array(33), messageFormat: 0 }, 'too long a tag');
      await sender.answersTo('amqp10/2.8.7.delivery-tag-size:enforce');
    },
  }),
  check('amqp10/error/serial-numbers', {
    title: 'The numbers of deliveries go on at zero after 2^32 - 1, and each gets its outcome',
    duties: ['amqp10/2.8.10.serial-numbers:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const sender = await session.sender(address);
      await sender.credited();
      const ids = [nearEnd, nearEnd + 1, 0, 1];
      for (const [at, deliveryId] of ids.entries()) sender.transfer({ deliveryId, deliveryTag: Uint8Array.of(at), messageFormat: 0 }, String(at + 1));
      for (const deliveryId of ids) {
        const { state } = await sender.outcome(deliveryId);
        peer.require(state?.type === 'accepted', `Delivery ${deliveryId} was not accepted.`);
      }
      const receiver = await session.receiver(address);
      receiver.credit(ids.length);
      await receiveAll(peer, receiver, numbers(ids.length));
    },
  }),
  check('amqp10/error/field-keys/told', {
    title: 'The properties that the broker tells of itself are keyed by symbols',
    duties: ['amqp10/2.8.13.field-keys:emit'],
    async run(peer: Peer) {
      const { open } = await peer.connection10();
      const odd = (open.properties ?? []).filter(([key]) => key === '');
      peer.require(odd.length === 0, 'A property of the broker has no name.');
    },
  }),
  misKeyed('begin'),
  misKeyed('flow'),
  check('amqp10/error/condition-told', {
    title: 'An error of the broker has a condition, one that is defined',
    duties: ['amqp10/2.8.14.condition:emit', 'amqp10/2.8.14.known-condition:emit'],
    departs: true,
    async run(peer: Peer) {
      const { condition } = await failure(peer, await peer.session10());
      peer.require(condition !== '', 'The condition of an error is empty.', 'amqp10/2.8.14.condition:emit');
      peer.require(condition in errorConditions, `The condition ${condition} is not defined.`, 'amqp10/2.8.14.known-condition:emit');
    },
  }),
  unconditional('detach'),
  unconditional('end'),
  check('amqp10/error/decode-error', {
    title: 'A message whose data section is cut off is refused with decode-error',
    duties: ['amqp10/2.8.15.decode-error:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const sender = await session.sender(address);
      await sender.credited();
      sender.transfer({ deliveryId: 0, deliveryTag: Uint8Array.of(1), messageFormat: 0 }, Uint8Array.of(0x00, 0x53, 0x75, 0xa0, 0x05, 0x61));
      await sender.answersTo('amqp10/2.8.15.decode-error:enforce');
    },
  }),
];
