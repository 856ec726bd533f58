import { type Check, check } from '../../harness/check/check.ts';
import type { Sender10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { describedOf, type MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { optionalSender, refuses } from './optional.ts';

const accepted = 'amqp:accepted:list';
const rejected = 'amqp:rejected:list';
const tag = Buffer.from('the tag');

const to = (address: string): MessageDraft => ({ properties: { to: address }, body: { type: 'data', value: [Buffer.from('anonymous')] } });

/** A link to no address. */
async function anonymous(peer: Peer, ...outcomes: readonly string[]): Promise<Sender10> {
  return (await peer.session10()).sender(null, { source: { type: 'source', outcomes } });
}

/** The address of a queue that is not there. Where links to such a one are not refused, there is nowhere that messages cannot go. */
async function nowhere(peer: Peer): Promise<string> {
  const { address } = await peer.node10();
  const named = () => `${address.slice(0, address.lastIndexOf('/') + 1)}${peer.name()}`;
  if (!(await refuses(async () => (await peer.session10()).sender(named())))) peer.notApplicable('The broker makes the node that an address names.');
  return named();
}

/** The anonymous terminus for message routing. */
export const anonymousTerminus10Checks: readonly Check[] = [
  check('amqp10/anonymous-terminus/attach', {
    title: 'A link to a target without address is taken',
    duties: ['amqp10/anonymous-terminus.attach:emit'],
    capabilities: ['ANONYMOUS-RELAY'],
    async run(peer: Peer) {
      const { attach } = await anonymous(peer, accepted, rejected);
      peer.require(attach.target?.type === 'target' && attach.target.address === undefined, 'The attach tells a target with an address.');
    },
  }),
  check('amqp10/anonymous-terminus/routed', {
    title: 'A message goes where its to leads, with the outcome of that node',
    duties: ['amqp10/anonymous-terminus.routed:emit'],
    capabilities: ['ANONYMOUS-RELAY'],
    async run(peer: Peer) {
      const [one, other] = [await peer.node10(), await peer.node10()];
      const sender = await anonymous(peer, accepted, rejected);
      for (const { address } of [one, other]) {
        const outcome = await sender.send(to(address));
        peer.require(outcome?.type === 'accepted', `A message to ${address} is ${outcome?.type}.`);
        const receiver = await sender.session.receiver(address);
        receiver.credit(2);
        const { text } = await receiver.receive();
        peer.require(text === 'anonymous', `Expected the message, got ${text}.`);
        await receiver.barrier(['transfer']);
      }
    },
  }),
  check('amqp10/anonymous-terminus/settled', {
    title: 'A message that is sent settled goes where its to leads',
    duties: ['amqp10/anonymous-terminus.settled:emit'],
    capabilities: ['ANONYMOUS-RELAY'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const sender = await anonymous(peer, accepted, rejected);
      const receiver = await sender.session.receiver(address);
      receiver.credit(1);
      await sender.send(to(address), { settled: true });
      const { text } = await receiver.receive();
      peer.require(text === 'anonymous', `Expected the message, got ${text}.`);
    },
  }),
  check('amqp10/anonymous-terminus/unroutable-rejected', {
    title: 'A message to nowhere is rejected where the source has rejected',
    duties: ['amqp10/anonymous-terminus.unroutable-rejected:enforce'],
    capabilities: ['ANONYMOUS-RELAY'],
    departs: true,
    async run(peer: Peer) {
      const address = await nowhere(peer);
      const sender = await anonymous(peer, accepted, rejected);
      await sender.deliver(to(address));
      await sender.answersTo('amqp10/anonymous-terminus.unroutable-rejected:enforce');
    },
  }),
  check('amqp10/anonymous-terminus/unroutable-detached', {
    title: 'Where a message to nowhere was sent settled, the link is detached',
    duties: ['amqp10/anonymous-terminus.unroutable-detached:enforce'],
    capabilities: ['ANONYMOUS-RELAY'],
    departs: true,
    async run(peer: Peer) {
      const address = await nowhere(peer);
      const sender = await anonymous(peer, accepted, rejected);
      await sender.deliver(to(address), { settled: true });
      await sender.answersTo('amqp10/anonymous-terminus.unroutable-detached:enforce');
    },
  }),
  check('amqp10/anonymous-terminus/unroutable-without-rejected', {
    title: 'Where the source of a message to nowhere has no rejected, the link is detached',
    duties: ['amqp10/anonymous-terminus.unroutable-detached:enforce'],
    capabilities: ['ANONYMOUS-RELAY'],
    departs: true,
    async run(peer: Peer) {
      const address = await nowhere(peer);
      const sender = await anonymous(peer, accepted);
      await sender.deliver(to(address));
      await sender.answersTo('amqp10/anonymous-terminus.unroutable-detached:enforce');
    },
  }),
  check('amqp10/anonymous-terminus/delivery-tag', {
    title: 'The error of such a detach names the delivery-tag of the message',
    duties: ['amqp10/anonymous-terminus.delivery-tag:emit'],
    capabilities: ['ANONYMOUS-RELAY'],
    departs: true,
    async run(peer: Peer) {
      const address = await nowhere(peer);
      const sender = await anonymous(peer, accepted, rejected);
      await sender.deliver(to(address), { settled: true, tag });
      const { performative } = await sender.expect('detach');
      const told = performative.error?.info?.find(([key]) => key === 'delivery-tag')?.[1];
      peer.require(told?.type === 'binary' && Buffer.compare(told.value, tag) === 0, 'The error of the detach does not name the delivery-tag.');
    },
  }),
  check('amqp10/anonymous-terminus/unroutable-in-transaction', {
    title: 'A settled message to nowhere in a transaction keeps that from being committed',
    duties: ['amqp10/anonymous-terminus.unroutable-in-transaction:enforce'],
    capabilities: ['ANONYMOUS-RELAY'],
    departs: true,
    async run(peer: Peer) {
      const address = await nowhere(peer);
      const sender = await anonymous(peer, accepted, rejected);
      const control = await optionalSender(peer, sender.session, { type: 'coordinator' }, 'transactions', {
        source: { type: 'source', outcomes: [accepted, rejected] },
      });
      const declared = await control.send({ body: { type: 'amqp-value', value: describedOf({ type: 'declare' }) } });
      if (declared?.type !== 'declared') peer.unsupported('The broker declares no transaction.');
      await sender.deliver(to(address), { settled: true, state: { type: 'transactional-state', txnId: declared.txnId } });
      await control.deliver({ body: { type: 'amqp-value', value: describedOf({ type: 'discharge', txnId: declared.txnId, fail: false }) } });
      await sender.session.connection.answersTo('amqp10/anonymous-terminus.unroutable-in-transaction:enforce', { channel: sender.session.channel });
    },
  }),
  check('amqp10/anonymous-terminus/no-to', {
    title: 'A message without to leads nowhere',
    duties: ['amqp10/anonymous-terminus.no-to:enforce'],
    capabilities: ['ANONYMOUS-RELAY'],
    departs: true,
    async run(peer: Peer) {
      const sender = await anonymous(peer, accepted, rejected);
      await sender.deliver('without to');
      await sender.answersTo('amqp10/anonymous-terminus.no-to:enforce');
    },
  }),
];
