import { type Check, check } from '../../harness/check/check.ts';
import type { Link10, Receiver10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { AmqpSource, AmqpTarget, AmqpValue, LifetimePolicy } from '../../harness/wire/amqp10/codec.ts';
import { compositeOf } from '../../harness/wire/amqp10/codec.ts';
import { expectText, sendAll } from './deliveries.ts';
import { addressOf, attach, dynamicNode, expectGone, expectKept, lifetime } from './termini.ts';

type Policy = LifetimePolicy['type'];

interface Made {
  readonly session: Session10;
  /** The link that made it. */
  readonly link: Link10;
  /** The same, where it receives. */
  readonly receiver: Receiver10 | undefined;
  readonly address: string;
  readonly terminus: AmqpSource | AmqpTarget;
}

/** A node that was made for a link of a session of its own. */
async function made(peer: Peer, from: 'source' | 'target', policy?: Policy, containerId?: string): Promise<Made> {
  const session = await peer.session10(containerId === undefined ? {} : { open: { containerId } });
  const name = peer.name('n');
  const receiver = from === 'source' ? await session.receiver(dynamicNode(policy), { name }) : undefined;
  const link = receiver ?? (await session.sender(dynamicNode(policy), { name }));
  const { source, target } = link.attach;
  const terminus = from === 'source' ? source : target;
  if (terminus?.type !== 'source' && terminus?.type !== 'target')
    return peer.unsupported('The broker attaches with another kind of terminus where a dynamic node is asked for.');
  return { session, link, receiver, address: addressOf(terminus), terminus };
}

/** A node that lives as long as its broker says, the policy in place being this one. */
async function living(peer: Peer, policy: Policy): Promise<Made> {
  const node = await made(peer, 'target', policy);
  const told = policyOf(node.terminus) ?? 'no lifetime-policy';
  if (told !== policy) peer.notApplicable(`The broker tells ${told} where ${policy} is asked for.`);
  return node;
}

function policyOf({ dynamicNodeProperties }: AmqpSource | AmqpTarget): string | undefined {
  const value = dynamicNodeProperties?.find(([name]) => name === 'lifetime-policy')?.[1];
  return value === undefined ? undefined : (compositeOf(value)?.type ?? 'something else');
}

/** A message in the node, sent by a link that is gone again. */
async function fill(peer: Peer, address: string, ...texts: readonly string[]): Promise<void> {
  const sender = await (await peer.session10()).sender(address);
  await sendAll(peer, sender, ...texts);
  await sender.detach();
}

const ends = ['source', 'target'] as const;

const created: readonly Check[] = ends.map(end =>
  check(`amqp10/dynamic/created/${end}`, {
    title: `A dynamic ${end} gets an address, by which another connection sends to the node and its own receives from it`,
    duties: ['amqp10/3.5.3.dynamic-created:emit'],
    optional: true,
    async run(peer: Peer) {
      const { session, receiver: own, address, terminus } = await made(peer, end);
      peer.require(address !== '', 'The attach tells no address of the node that it made.');
      peer.require(terminus.dynamic === true, `The attach does not say that the ${end} is dynamic.`);
      const sender = await (await peer.session10()).sender(address);
      await sendAll(peer, sender, 'by address');
      const receiver = own ?? (await session.receiver(address));
      receiver.credit(1);
      await expectText(peer, receiver, 'by address');
    },
  }),
);

const addressed: readonly Check[] = ends.map(end =>
  check(`amqp10/dynamic/address/${end}`, {
    title: `A dynamic ${end} for which an address is given is refused`,
    duties: ['amqp10/3.5.3.dynamic-address:enforce'],
    departs: true,
    optional: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      const terminus = { address: peer.name(), dynamic: true };
      attach(session, 0, end === 'source' ? { source: terminus } : { target: terminus }, peer.name('link'));
      await session.answersTo('amqp10/3.5.3.dynamic-address:enforce', { handle: 0 });
    },
  }),
);

/** What is no lifetime policy. */
const odd: readonly { readonly slug: string; readonly value: AmqpValue }[] = [
  { slug: 'symbol', value: { type: 'symbol', value: 'amqp:delete-on-close:list' } },
  { slug: 'unknown', value: { type: 'described', descriptor: { type: 'symbol', value: 'amqpspec:delete-on-whim:list' }, value: { type: 'list', value: [] } } },
];

const policies: readonly Check[] = odd.map(({ slug, value }) =>
  check(`amqp10/dynamic/lifetime-policy/${slug}`, {
    title: `A lifetime-policy that is ${slug === 'symbol' ? 'a mere symbol' : 'none of the four'} is refused`,
    duties: ['amqp10/3.5.9.lifetime-policy:enforce'],
    departs: true,
    optional: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      attach(session, 0, { target: { dynamic: true, dynamicNodeProperties: lifetime(value) } }, peer.name('link'));
      await session.answersTo('amqp10/3.5.9.lifetime-policy:enforce', { handle: 0 });
    },
  }),
);

/** Dynamic nodes and how long they live: sections 3.5.3, 3.5.4 and 3.5.9 to 3.5.13. */
export const dynamic10Checks: readonly Check[] = [
  ...created,
  ...addressed,
  ...policies,
  check('amqp10/dynamic/name', {
    title: 'The address of a dynamic node has the name of its link and the container-id of its client in it',
    duties: ['amqp10/3.5.3.dynamic-name:emit'],
    optional: true,
    async run(peer: Peer) {
      const containerId = peer.name('c');
      const { link, address } = await made(peer, 'source', undefined, containerId);
      peer.require(address.includes(link.name), `The address does not have the name of the link in it.`);
      peer.require(address.includes(containerId), 'The address does not have the container-id of the client in it.');
    },
  }),
  check('amqp10/dynamic/properties-told', {
    title: 'The lifetime-policy that the broker tells of a dynamic node is one of the four, and the one that the node has',
    duties: ['amqp10/3.5.3.dynamic-properties-told:emit'],
    optional: true,
    async run(peer: Peer) {
      const { link, address, terminus } = await made(peer, 'target', 'delete-on-no-links');
      const told = policyOf(terminus);
      if (told === undefined) peer.notApplicable('The broker tells no lifetime-policy.');
      const known = ['delete-on-close', 'delete-on-no-links', 'delete-on-no-messages', 'delete-on-no-links-or-messages'];
      peer.require(known.includes(told), `The lifetime-policy is ${told}.`);
      const other = await (await peer.session10()).sender(address);
      await sendAll(peer, other, 'before');
      await link.detach();
      if (told.includes('no-links')) await sendAll(peer, other, 'still there');
      else await expectGone(peer, address);
    },
  }),
  ...ends.map(end =>
    check(`amqp10/dynamic/lives-with-link/${end}`, {
      title: `A node that was made for a ${end} is there as long as that link is, though it be detached`,
      duties: ['amqp10/3.5.9.lives-with-link:emit'],
      optional: true,
      async run(peer: Peer) {
        const { session, link, address } = await made(peer, end);
        await fill(peer, address, 'before');
        const { performative } = await link.detach({ closed: false });
        if (performative.closed === true) peer.notApplicable('The broker closes the link that is detached.');
        await session.barrier();
        await expectKept(peer, session, address, 'before');
      },
    }),
  ),
  check('amqp10/dynamic/delete-on-close', {
    title: 'A node of delete-on-close is gone when its link is closed, with its messages',
    duties: ['amqp10/3.5.10.delete-on-close:emit'],
    optional: true,
    async run(peer: Peer) {
      const { link, address } = await living(peer, 'delete-on-close');
      await fill(peer, address, 'lost');
      await link.detach();
      await expectGone(peer, address);
    },
  }),
  check('amqp10/dynamic/delete-on-close/default', {
    title: 'A node for which no lifetime-policy is asked is gone when its link is closed, unless the broker tells another',
    duties: ['amqp10/3.5.10.delete-on-close:emit'],
    optional: true,
    async run(peer: Peer) {
      const { link, address, terminus } = await made(peer, 'target');
      const told = policyOf(terminus) ?? 'no lifetime-policy';
      if (told !== 'delete-on-close') peer.notApplicable(`The broker tells ${told}.`);
      await fill(peer, address, 'lost');
      await link.detach();
      await expectGone(peer, address);
    },
  }),
  check('amqp10/dynamic/delete-on-close/connection', {
    title: 'A node of delete-on-close is gone when the connection of its link is closed',
    duties: ['amqp10/3.5.10.delete-on-close:emit'],
    optional: true,
    async run(peer: Peer) {
      const { session, address } = await living(peer, 'delete-on-close');
      await fill(peer, address, 'lost');
      await session.connection.close();
      await expectGone(peer, address);
    },
  }),
  check('amqp10/dynamic/delete-on-no-links', {
    title: 'A node of delete-on-no-links is there as long as a link leads to it, and gone behind the last',
    duties: ['amqp10/3.5.11.delete-on-no-links:emit'],
    optional: true,
    async run(peer: Peer) {
      const { link, address } = await living(peer, 'delete-on-no-links');
      const other = await (await peer.session10()).sender(address);
      await link.detach();
      await sendAll(peer, other, 'kept');
      await other.detach();
      await expectGone(peer, address);
    },
  }),
  check('amqp10/dynamic/delete-on-no-messages', {
    title: 'A node of delete-on-no-messages is there as long as a message is, and gone behind the last',
    duties: ['amqp10/3.5.12.delete-on-no-messages:emit'],
    optional: true,
    async run(peer: Peer) {
      const { link, address } = await living(peer, 'delete-on-no-messages');
      await fill(peer, address, 'kept');
      await link.detach();
      const receiver = await (await peer.session10()).receiver(address);
      receiver.credit(1);
      const delivery = await receiver.receive();
      peer.require(delivery.text === 'kept', `Expected the message that was left in the node, got ${delivery.text}.`);
      if (!delivery.settled) delivery.accept();
      await receiver.session.barrier();
      await expectGone(peer, address);
    },
  }),
  check('amqp10/dynamic/delete-on-no-links-or-messages', {
    title: 'A node of delete-on-no-links-or-messages is there as long as a link or a message is',
    duties: ['amqp10/3.5.13.delete-on-no-links-or-messages:emit'],
    optional: true,
    async run(peer: Peer) {
      const { link, address } = await living(peer, 'delete-on-no-links-or-messages');
      await fill(peer, address, 'one');
      await link.detach();
      const receiver = await (await peer.session10()).receiver(address);
      receiver.credit(1);
      const delivery = await receiver.receive();
      peer.require(delivery.text === 'one', `Expected the message that was left in the node, got ${delivery.text}.`);
      if (!delivery.settled) delivery.accept();
      await receiver.barrier();
      await fill(peer, address, 'two');
      await receiver.detach();
      await (await expectKept(peer, await peer.session10(), address, 'two')).detach();
    },
  }),
];
