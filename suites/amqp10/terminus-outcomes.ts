import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { compositeAs, frameOf } from '../../harness/wire/amqp10/craft.ts';
import { both, expectLeft, sendAll } from './deliveries.ts';
import { sourceOf } from './termini.ts';

/** The outcomes of a source: section 3.5.3. */
export const terminusOutcomes10Checks: readonly Check[] = [
  check('amqp10/terminus/default-outcome', {
    title: 'The default outcome that the broker tells is an outcome',
    duties: ['amqp10/3.5.3.default-outcome:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      for (const asked of [undefined, { type: 'released' }] as const) {
        const receiver = await session.receiver({ address, ...(asked !== undefined && { defaultOutcome: asked }) });
        const { defaultOutcome } = sourceOf(receiver);
        const isState = defaultOutcome !== undefined && (defaultOutcome.type as string) === 'received';
        peer.require(!isState, 'The default outcome is the state received, which is no outcome.');
      }
    },
  }),
  check('amqp10/terminus/default-outcome/none', {
    title: 'A default outcome that is no outcome is refused',
    duties: ['amqp10/3.5.3.default-outcome:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const received = compositeAs('received', { sectionNumber: 0, sectionOffset: 0n });
      const source = compositeAs('source', { address }, { fields: { defaultOutcome: received } });
      const body = compositeAs('attach', { name: peer.name('link'), handle: 9, role: 'receiver', target: { type: 'target' } }, { fields: { source } });
      session.connection.sendBytes(frameOf(body, { channel: session.channel }));
      await session.answersTo('amqp10/3.5.3.default-outcome:enforce');
    },
  }),
  check('amqp10/terminus/outcomes', {
    title: 'A source that names no outcome and no default has accepted',
    duties: ['amqp10/3.5.3.outcomes:emit'],
    async run(peer: Peer) {
      const { address, sender, receiver } = await both(peer);
      const { outcomes } = sourceOf(receiver);
      peer.require(outcomes === undefined || outcomes.length === 0 || outcomes.includes('amqp:accepted:list'), `The outcomes are ${outcomes?.join(', ')}.`);
      await sendAll(peer, sender, 'accepted');
      (await receiver.receive()).accept();
      await receiver.barrier();
      await receiver.detach();
      await expectLeft(peer, address);
    },
  }),
  check('amqp10/terminus/outcomes/named', {
    title: 'A source whose client names one outcome, or several, has those',
    duties: ['amqp10/3.5.3.outcomes:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const sender = await session.sender(address);
      for (const outcomes of [['amqp:accepted:list'], ['amqp:accepted:list', 'amqp:released:list']]) {
        const receiver = await session.receiver({ address, outcomes });
        receiver.credit(1);
        await sendAll(peer, sender, 'one of them');
        const delivery = await receiver.receive();
        if (!delivery.settled) delivery.accept();
        await receiver.barrier(['transfer']);
        await receiver.detach();
      }
      await expectLeft(peer, address);
    },
  }),
  check('amqp10/terminus/outcomes-valid', {
    title: 'The outcomes that the broker tells are named by the symbols of outcomes',
    duties: ['amqp10/3.5.3.outcomes-valid:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const { outcomes = [] } = sourceOf(await session.receiver(address));
      const known = ['accepted', 'rejected', 'released', 'modified', 'declared'].map(name => `amqp:${name}:list`);
      const odd = outcomes.find(name => !name.includes(':') || (name.startsWith('amqp:') && !known.includes(name)));
      peer.require(odd === undefined, `'${odd}' is no outcome.`);
    },
  }),
];
