import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10, Sender10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { expectLeft, expectText, tag } from './deliveries.ts';
import { attach, selector, sourceOf } from './termini.ts';

const nonsense = 'amqpspec:nonsense';

/** Links on which messages of two kinds can be told apart, the receiver's with these filters; ends where the broker does not have them in place. */
async function filtered(
  peer: Peer,
  ...selectors: readonly string[]
): Promise<{ readonly sender: Sender10; readonly receiver: Receiver10; readonly address: string }> {
  const { address } = await peer.node10();
  const session = await peer.session10();
  const sender = await session.sender(address);
  const filter = selectors.map((text, at) => [`selector${at}`, selector(text)] as const);
  const receiver = await session.receiver({ address, filter: [...filter, ['nothing', { type: 'null', value: null }]] });
  const told = sourceOf(receiver).filter ?? [];
  const lacking = filter.find(([key]) => !told.some(([name]) => name === key));
  if (lacking !== undefined) peer.unsupported(`The broker attaches without the filter ${lacking[0]}: it has no selectors.`);
  return { address, sender, receiver };
}

async function sendKinds(peer: Peer, sender: Sender10, ...kinds: readonly string[]): Promise<void> {
  for (const kind of kinds) {
    const outcome = await sender.send({
      applicationProperties: [
        ['kind', { type: 'string', value: kind.slice(0, 1) }],
        ['size', { type: 'int', value: kind.length }],
      ],
      body: { type: 'data', value: [tag(kind)] },
    });
    peer.require(outcome?.type === 'accepted', `The outcome of a message for a queue of our own is ${outcome?.type}.`);
  }
}

/** The filters of a source: sections 3.5.1, 3.5.3 and 3.5.8. */
export const terminusFilters10Checks: readonly Check[] = [
  check('amqp10/terminus/filter-told', {
    title: 'A filter that the broker does not have is not among those that it tells',
    duties: ['amqp10/3.5.3.filter-told:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const filter = [[nonsense, { type: 'described', descriptor: { type: 'symbol', value: nonsense }, value: { type: 'string', value: 'none' } }]] as const;
      const receiver = await session.receiver({ address, filter });
      const told = sourceOf(receiver).filter ?? [];
      peer.require(!told.some(([key]) => key === nonsense), 'The source tells a filter as being in place that nobody knows.');
    },
  }),
  check('amqp10/terminus/filter-set', {
    title: 'The filters that the broker tells are described values, or null',
    duties: ['amqp10/3.5.8.filter-set:emit'],
    optional: true,
    async run(peer: Peer) {
      const { receiver } = await filtered(peer, "kind = 'a'");
      const odd = (sourceOf(receiver).filter ?? []).find(([, { type }]) => type !== 'described' && type !== 'null');
      peer.require(odd === undefined, `The filter ${odd?.[0]} is ${odd?.[1].type}.`);
    },
  }),
  check('amqp10/terminus/filter-set/undescribed', {
    title: 'A filter that is neither described nor null is refused',
    duties: ['amqp10/3.5.8.filter-set:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      attach(session, 0, { source: { address, filter: [['selector', { type: 'string', value: 'bare' }]] } }, peer.name('link'));
      await session.answersTo('amqp10/3.5.8.filter-set:enforce', { handle: 0 });
    },
  }),
  check('amqp10/terminus/filtered', {
    title: 'What does not pass the filter of a source goes not over its link, and stays for others',
    duties: ['amqp10/3.5.1.filtered:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address, sender, receiver } = await filtered(peer, "kind = 'a'");
      receiver.credit(10);
      await sendKinds(peer, sender, 'b1', 'a2', 'b3', 'a4');
      for (const text of ['a2', 'a4']) {
        const delivery = await receiver.receive();
        peer.require(delivery.text === text, `Expected message ${text}, got ${delivery.text}.`);
        if (!delivery.settled) delivery.accept();
      }
      await receiver.barrier(['transfer']);
      await expectLeft(peer, address, 'b1', 'b3');
    },
  }),
  check('amqp10/terminus/filter-stable', {
    title: 'A filter says the same of a message that comes back',
    duties: ['amqp10/3.5.1.filter-stable:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address, sender, receiver } = await filtered(peer, "kind = 'a'");
      await sendKinds(peer, sender, 'b1', 'a2');
      for (const link of [receiver, await receiver.session.receiver({ address, filter: [['selector0', selector("kind = 'a'")]] })]) {
        link.credit(2);
        await expectText(peer, link, 'a2');
        await link.barrier(['transfer']);
        await link.detach();
      }
    },
  }),
  check('amqp10/terminus/all-filters', {
    title: 'A message passes a filter set if it passes each filter in it',
    duties: ['amqp10/3.5.8.all-filters:emit'],
    optional: true,
    async run(peer: Peer) {
      const { sender, receiver } = await filtered(peer, "kind = 'a'", 'size = 3');
      receiver.credit(10);
      await sendKinds(peer, sender, 'a1', 'b22', 'a33', 'b4');
      await expectText(peer, receiver, 'a33');
      await receiver.barrier(['transfer']);
    },
  }),
];
