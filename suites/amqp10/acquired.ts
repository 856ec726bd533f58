import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DeliveryState, Outcome } from '../../harness/wire/amqp10/codec.ts';
import { type Both, both, expectLeft, expectText, sendAll } from './deliveries.ts';

/** How a receiver may go without settling. */
const departures: readonly { readonly slug: string; readonly how: string; readonly go: (links: Both) => Promise<unknown> }[] = [
  { slug: 'detach', how: 'its link is closed', go: ({ receiver }) => receiver.detach() },
  { slug: 'end', how: 'its session ends', go: ({ session }) => session.end() },
  { slug: 'close', how: 'its connection is closed', go: ({ session }) => session.connection.close() },
  { slug: 'lost', how: 'its connection is lost', go: async ({ session }) => session.connection.destroy() },
];

const returned: readonly Check[] = departures.map(({ slug, how, go }) =>
  check(`amqp10/outcome/returned-unsettled/${slug}`, {
    title: `What a receiver has not settled when ${how} is there for others again, in its old order`,
    duties: ['amqp10/3.4.returned-unsettled:emit'],
    async run(peer: Peer) {
      const links = await both(peer, { receiver: { sndSettleMode: 'unsettled' } });
      await sendAll(peer, links.sender, 'one', 'two', 'three');
      for (const text of ['one', 'two', 'three']) await expectText(peer, links.receiver, text);
      await go(links);
      await expectLeft(peer, links.address, 'one', 'two', 'three');
    },
  }),
);

/** Default outcomes, and how a message that had it comes again; undefined: it does not. */
const defaults: readonly { readonly outcome: Outcome; readonly slug: string; readonly count: number | undefined }[] = [
  { slug: 'accepted', outcome: { type: 'accepted' }, count: undefined },
  { slug: 'released', outcome: { type: 'released' }, count: 0 },
  { slug: 'modified-failed', outcome: { type: 'modified', deliveryFailed: true }, count: 1 },
];

/** How often the message counts as delivered when an outcome was applied; undefined where it is not delivered again, or that cannot be foretold. */
function countAfter(outcome: Outcome): number | undefined {
  if (outcome.type === 'modified') return outcome.deliveryFailed === true ? 1 : 0;
  return outcome.type === 'released' ? 0 : undefined;
}

/** Links for which a default outcome is asked, and what the broker says that it is. */
async function defaulted(peer: Peer, outcome: Outcome): Promise<Both & { readonly told: Outcome }> {
  const { address } = await peer.node10();
  const session = await peer.session10();
  const sender = await session.sender(address);
  const receiver = await session.receiver({ address, defaultOutcome: outcome }, { sndSettleMode: 'unsettled' });
  const { source } = receiver.attach;
  const told = source?.type === 'source' ? source.defaultOutcome : undefined;
  if (told === undefined) peer.notApplicable('The broker attaches without a default outcome.');
  return { address, session, sender, receiver, told };
}

async function expectAfter(peer: Peer, { address, session }: Both, told: Outcome): Promise<void> {
  await session.connection.close();
  const count = countAfter(told);
  if (count === undefined) {
    await expectLeft(peer, address);
    return;
  }
  const other = await (await peer.session10()).receiver(address);
  other.credit(1);
  const { message } = await other.receive();
  const { deliveryCount = 0 } = message.header ?? {};
  peer.require(deliveryCount === count, `The delivery-count is ${deliveryCount}, where the default outcome ${told.type} was applied once.`);
}

const settledWithout: readonly Check[] = defaults.map(({ slug, outcome }) =>
  check(`amqp10/outcome/default-outcome/${slug}`, {
    title: `What is settled without a state has the default outcome of its source, where ${slug.replace('-', ' and ')} is asked for`,
    duties: ['amqp10/3.3.1.default-outcome:emit'],
    async run(peer: Peer) {
      const links = await defaulted(peer, outcome);
      links.receiver.credit(1);
      await sendAll(peer, links.sender, 'without a state');
      (await links.receiver.receive()).settle(undefined);
      await links.receiver.barrier();
      await links.receiver.detach();
      await expectAfter(peer, links, links.told);
    },
  }),
);

const leftWithout: readonly Check[] = defaults.map(({ slug, outcome }) =>
  check(`amqp10/outcome/default-outcome-closed/${slug}`, {
    title: `What is unsettled when its link is closed has the default outcome of its source, where ${slug.replace('-', ' and ')} is asked for`,
    duties: ['amqp10/3.3.1.default-outcome:emit'],
    async run(peer: Peer) {
      const links = await defaulted(peer, outcome);
      links.receiver.credit(1);
      await sendAll(peer, links.sender, 'without a state');
      await links.receiver.receive();
      await links.receiver.detach();
      await expectAfter(peer, links, links.told);
    },
  }),
);

const received: DeliveryState = { type: 'received', sectionNumber: 0, sectionOffset: 0n };

/** The states of messages at a node: section 3.3. */
export const acquired10Checks: readonly Check[] = [
  check('amqp10/outcome/acquired', {
    title: 'A message that one link has got comes over no other while it is unsettled',
    duties: ['amqp10/3.3.1.acquired:emit'],
    async run(peer: Peer) {
      const { address, session, sender, receiver } = await both(peer, { receiver: { sndSettleMode: 'unsettled' } });
      await sendAll(peer, sender, 'held');
      await expectText(peer, receiver, 'held');
      const [near, far] = [await session.receiver(address), await (await peer.session10()).receiver(address)];
      for (const link of [near, far]) {
        link.credit(10);
        await link.barrier(['transfer']);
      }
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/outcome/acquired-shared', {
    title: 'Each message comes to one of two links that both want it',
    duties: ['amqp10/3.3.1.acquired:emit'],
    async run(peer: Peer) {
      const { address, session, sender, receiver } = await both(peer, { credit: 2 });
      const other = await session.receiver(address);
      other.credit(2);
      await sendAll(peer, sender, 'one', 'two', 'three', 'four');
      const texts: (string | undefined)[] = [];
      for (const link of [receiver, other]) for (let got = 0; got < 2; got += 1) texts.push((await link.receive()).text);
      peer.require(texts.sort().join() === 'four,one,three,two', `Two links with a credit of two each got ${texts.join(', ')} of four messages.`);
    },
  }),
  check('amqp10/outcome/order', {
    title: 'Messages of one link leave the queue in the order in which they came',
    duties: ['amqp10/3.3.1.order:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer, { credit: 0 });
      const texts = Array.from({ length: 8 }, (_, at) => `message ${at}`);
      for (const text of texts) await sender.deliver(text);
      await sender.barrier();
      receiver.credit(texts.length);
      for (const text of texts) await expectText(peer, receiver, text);
    },
  }),
  check('amqp10/outcome/order-of-sizes', {
    title: 'Large and small messages of one link leave the queue in the order in which they came',
    duties: ['amqp10/3.3.1.order:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer);
      const texts = ['s'.repeat(10), 'l'.repeat(40_000), 's'.repeat(20), 'l'.repeat(30_000)];
      for (const text of texts) await sender.deliver(text);
      for (const text of texts) await expectText(peer, receiver, text);
    },
  }),
  ...returned,
  check('amqp10/outcome/returned-unsettled/state-only', {
    title: 'What a receiver has told to be received and no more is there for others again when its link is closed',
    duties: ['amqp10/3.4.returned-unsettled:emit'],
    async run(peer: Peer) {
      const { address, session, sender, receiver } = await both(peer, { receiver: { sndSettleMode: 'unsettled' } });
      await sendAll(peer, sender, 'back');
      (await receiver.receive()).settle(received, false);
      await receiver.detach();
      await session.connection.close();
      await expectLeft(peer, address, 'back');
    },
  }),
  check('amqp10/outcome/returned-unsettled/first-acquirer', {
    title: 'A message that another receiver had before does not say that this is its first acquirer',
    duties: ['amqp10/3.4.returned-unsettled:emit'],
    async run(peer: Peer) {
      const { address, session, sender, receiver } = await both(peer, { receiver: { sndSettleMode: 'unsettled' } });
      await sendAll(peer, sender, 'back');
      await expectText(peer, receiver, 'back');
      await session.connection.close();
      const other = await (await peer.session10()).receiver(address);
      other.credit(1);
      const { message } = await other.receive();
      peer.require(message.header?.firstAcquirer !== true, 'The message says that nobody has acquired it before.');
    },
  }),
  ...settledWithout,
  ...leftWithout,
];
