import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { AmqpSource } from '../../harness/wire/amqp10/codec.ts';
import { expectLeft, expectText, sendAll } from './deliveries.ts';
import { sourceOf } from './termini.ts';

type Policy = NonNullable<AmqpSource['expiryPolicy']>;

interface Holding {
  readonly address: string;
  readonly session: Session10;
  readonly receiver: Receiver10;
  /** A link of another connection that wants whatever comes free. */
  readonly other: Receiver10;
}

interface Wanted {
  readonly expiryPolicy?: Policy;
  /** In seconds. */
  readonly timeout?: number;
}

/** A link that has got a message and not settled it. Ends where the broker tells that its source expires otherwise than is asked for. */
async function holding(peer: Peer, wanted: Wanted, containerId?: string): Promise<Holding> {
  const { address } = await peer.node10();
  const session = await peer.session10(containerId === undefined ? {} : { open: { containerId } });
  await sendAll(peer, await session.sender(address), 'held');
  const receiver = await session.receiver({ address, ...wanted }, { name: peer.name('link'), sndSettleMode: 'unsettled' });
  const { expiryPolicy = 'session-end', timeout = 0 } = sourceOf(receiver);
  const { expiryPolicy: policy = 'session-end', timeout: time = 0 } = wanted;
  if (expiryPolicy !== policy) peer.notApplicable(`The broker tells the expiry-policy ${expiryPolicy} where ${policy} is asked for.`);
  if (timeout !== time) peer.notApplicable(`The broker tells a timeout of ${timeout} s where ${time} s are asked for.`);
  receiver.credit(1);
  await expectText(peer, receiver, 'held');
  const other = await (await peer.session10()).receiver(address);
  other.credit(1);
  await other.barrier(['transfer']);
  return { address, session, receiver, other };
}

/** Detaches a link, which is not closed by that unless the broker closes it. */
async function suspend(peer: Peer, { receiver, session }: Holding): Promise<void> {
  const { performative } = await receiver.detach({ closed: false });
  if (performative.closed === true) peer.notApplicable('The broker closes the link that is detached.');
  await session.barrier();
}

/** How long termini stay, which shows by what is unsettled when their link is gone: sections 3.5.3 and 3.5.6. */
export const expiry10Checks: readonly Check[] = [
  check('amqp10/expiry/default', {
    title: 'A source that says nothing of it expires when its session ends, at once',
    duties: ['amqp10/3.5.3.expiry-default:emit'],
    async run(peer: Peer) {
      const held = await holding(peer, {});
      await held.session.end();
      await expectText(peer, held.other, 'held');
    },
  }),
  check('amqp10/expiry/default/not-before', {
    title: 'A source that says nothing of it does not expire before its session ends',
    duties: ['amqp10/3.5.3.expiry-default:emit'],
    async run(peer: Peer) {
      const held = await holding(peer, {});
      await suspend(peer, held);
      await held.other.barrier(['transfer']);
      await held.session.end();
      await expectText(peer, held.other, 'held');
    },
  }),
  check('amqp10/expiry/link-detach', {
    title: 'With link-detach a source expires when its link is detached',
    duties: ['amqp10/3.5.6.link-detach:emit'],
    async run(peer: Peer) {
      const held = await holding(peer, { expiryPolicy: 'link-detach' });
      await held.receiver.detach({ closed: false });
      await expectText(peer, held.other, 'held');
    },
  }),
  check('amqp10/expiry/connection-close', {
    title: 'With connection-close a source outlives its session, and expires with the connection',
    duties: ['amqp10/3.5.6.connection-close:emit'],
    async run(peer: Peer) {
      const held = await holding(peer, { expiryPolicy: 'connection-close' });
      await held.session.end();
      await held.other.barrier(['transfer']);
      await held.session.connection.close();
      await expectText(peer, held.other, 'held');
    },
  }),
  check('amqp10/expiry/connection-lost', {
    title: 'With connection-close a source expires when the connection is lost',
    duties: ['amqp10/3.5.6.connection-close:emit'],
    async run(peer: Peer) {
      const held = await holding(peer, { expiryPolicy: 'connection-close' });
      held.session.connection.destroy();
      await expectText(peer, held.other, 'held');
    },
  }),
  check('amqp10/expiry/never', {
    title: 'With never a source outlives its connection, until its link is closed',
    duties: ['amqp10/3.5.6.never:emit'],
    async run(peer: Peer) {
      const containerId = peer.name('container');
      const held = await holding(peer, { expiryPolicy: 'never' }, containerId);
      await held.session.connection.close();
      await held.other.barrier(['transfer']);
      const again = await peer.session10({ open: { containerId } });
      const receiver = await again.receiver({ address: held.address, expiryPolicy: 'never' }, { name: held.receiver.name });
      await receiver.detach();
      await expectText(peer, held.other, 'held');
    },
  }),
  check('amqp10/expiry/timeout', {
    title: 'A source is kept for its timeout, and no longer',
    duties: ['amqp10/3.5.6.timeout:emit'],
    thorough: true,
    worstMs: 2000,
    async run(peer: Peer) {
      const held = await holding(peer, { expiryPolicy: 'link-detach', timeout: 1 });
      await suspend(peer, held);
      await held.other.barrier(['transfer']);
      await peer.quiet(1000, 'the timeout of the source');
      await expectText(peer, held.other, 'held');
    },
  }),
  check('amqp10/expiry/timeout/session-end', {
    title: 'The timeout of a source begins with what its expiry-policy names',
    duties: ['amqp10/3.5.6.timeout:emit'],
    async run(peer: Peer) {
      const held = await holding(peer, { expiryPolicy: 'session-end', timeout: 600 });
      await held.session.end();
      await held.other.barrier(['transfer']);
      await held.session.connection.close();
      await held.other.barrier(['transfer']);
    },
  }),
  check('amqp10/expiry/closed', {
    title: 'A source whose link is closed is gone at once, whatever its expiry-policy',
    duties: ['amqp10/3.5.6.never:emit'],
    async run(peer: Peer) {
      const held = await holding(peer, { expiryPolicy: 'never' });
      await held.receiver.detach();
      await expectText(peer, held.other, 'held');
      await expectLeft(peer, held.address);
    },
  }),
];
