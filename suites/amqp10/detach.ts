import { type Check, check } from '../../harness/check/check.ts';
import type { Receiver10, Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { AmqpClose, AmqpDetach, AmqpEnd } from '../../harness/wire/amqp10/codec.ts';
import { compositeAs, frameOf } from '../../harness/wire/amqp10/craft.ts';
import { fill, passes, receiveAll, type Scene, scene, sendAll } from './scenes.ts';

const handle = 0;

/** Attaches a link to a node that is not there: what ends it, be it a detach, which is not answered yet, or more than that. */
async function refusal(peer: Peer, session: Session10): Promise<AmqpDetach | AmqpEnd | AmqpClose> {
  const address = await peer.absent10();
  session.send('attach', { name: peer.name('link'), handle, role: 'receiver', source: { type: 'source', address }, target: { type: 'target' } });
  for (;;) {
    const seen = await session.connection.next();
    const what = seen.kind === 'frame' ? seen.performative : undefined;
    if (what?.type === 'detach' || what?.type === 'end' || what?.type === 'close') return what;
    if (what?.type === 'attach' && what.source !== undefined) peer.notApplicable('The broker makes the node that a link asks for.');
  }
}

interface Stolen extends Scene {
  readonly former: Receiver10;
}

/** A link that was attached a second time, on another session, and whose first attachment was detached for it with an error; that is not answered yet. */
async function stolen(peer: Peer, prepare: (former: Receiver10, found: Scene) => Promise<void> = async () => {}): Promise<Stolen> {
  const found = await scene(peer);
  const name = peer.name('link');
  const former = await found.session.receiver(found.address, { name });
  await prepare(former, found);
  const second = await found.connection.session();
  second.send('attach', { name, handle, role: 'receiver', source: { type: 'source', address: found.address }, target: { type: 'target' } });
  const { performative: answer } = await second.expect('attach', { handle });
  if (answer.source === undefined) peer.notApplicable('The broker refuses to attach a link that is attached elsewhere.');
  await second.barrier();
  await found.session.barrier();
  const taken = found.connection.taken().map(seen => (seen.kind === 'frame' ? seen : undefined));
  const detach = taken.find(seen => seen?.performative.type === 'detach' && seen.local === found.session.channel)?.performative;
  if (detach?.type !== 'detach') peer.notApplicable('The broker lets a link be attached twice, so that nothing fails.');
  return { ...found, former };
}

/** Attaches a receiver's link on another session, and waits for what its former attachment gets for it. */
async function stolenFrom(peer: Peer, former: Receiver10, second: Session10): Promise<void> {
  const { source } = former.attach;
  second.send('attach', { name: former.name, handle, role: 'receiver', source, target: { type: 'target' } });
  const { performative: answer } = await second.expect('attach', { handle });
  if (answer.source === undefined) peer.notApplicable('The broker refuses to attach a link that is attached elsewhere.');
  const { error } = (await former.expect('detach')).performative;
  peer.require(error?.condition === 'amqp:link:stolen', `The former attachment ends with ${error?.condition ?? 'no error'}, not as stolen.`);
  former.session.send('detach', { handle: former.handle, closed: true });
}

/** Detach, and links that failed: sections 2.6.1, 2.6.2, 2.6.4 to 2.6.6 and 2.7.7. */
export const detach10Checks: readonly Check[] = [
  check('amqp10/detach/answered', {
    title: 'A detach is answered with a detach',
    duties: ['amqp10/2.6.4.detach-sent:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      for (const link of [await session.sender(address), await session.receiver(address)]) await link.detach({ closed: false });
    },
  }),
  check('amqp10/detach/close-answered', {
    title: 'A detach that closes the link is answered with one that closes it',
    duties: ['amqp10/2.6.6.close-answered:emit', 'amqp10/2.7.7.handle:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      for (const link of [await session.sender(address), await session.receiver(address)]) {
        const { performative } = await link.detach();
        peer.require(performative.closed === true, 'The detach that answers does not close the link.');
      }
    },
  }),
  check('amqp10/detach/answered-with-error', {
    title: 'A detach for an error of ours is answered, and the session goes on',
    duties: ['amqp10/2.6.4.detach-sent:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const receiver = await session.receiver(address);
      await receiver.detach({ error: { type: 'error', condition: 'amqp:internal-error' } });
      await passes(peer, session, address, 'after an error');
    },
  }),
  check('amqp10/detach/handle-reused', {
    title: 'The handle of a detached link is free for another one',
    duties: ['amqp10/2.6.2.handle-reused:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const first = await session.receiver(address);
      await first.detach();
      const second = await session.sender(address, { handle: first.handle });
      await sendAll(peer, second, ['by a handle that was used before']);
    },
  }),
  check('amqp10/detach/reattached', {
    title: 'A link that was detached is attached again by its name, with other properties, and serves',
    duties: ['amqp10/2.6.4.reattached:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const [to, from] = [peer.name('link'), peer.name('link')];
      await (await session.sender(address, { name: to })).detach({ closed: false });
      await (await session.receiver(address, { name: from })).detach({ closed: false });
      await sendAll(peer, await session.sender(address, { name: to, maxMessageSize: 10_000n }), ['again']);
      const receiver = await session.receiver(address, { name: from, maxMessageSize: 10_000n });
      receiver.credit(1);
      await receiveAll(peer, receiver, ['again']);
    },
  }),
  check('amqp10/detach/closed-default', {
    title: 'A detach that does not say closed leaves a node that goes with its link, and one that closes does not',
    duties: ['amqp10/2.7.7.closed-default:emit'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      const [name, hold] = [peer.name('link'), peer.name('link')];
      const lifetime = [['lifetime-policy', { type: 'described', descriptor: { type: 'ulong', value: 0x2bn }, value: { type: 'list', value: [] } }]] as const;
      const dynamic = { type: 'source', dynamic: true, dynamicNodeProperties: lifetime } as const;
      session.send('attach', { name, handle, role: 'receiver', source: dynamic, target: { type: 'target' } });
      const seen = await session.connection.next();
      const { source } = seen.kind === 'frame' && seen.performative.type === 'attach' ? seen.performative : {};
      if (source?.type !== 'source' || source.address === undefined) peer.unsupported('The broker makes no dynamic nodes.');
      session.send('detach', { handle });
      await session.expect('detach', { handle });
      await (await session.receiver(source.address, { name: hold })).detach();
    },
  }),
  check('amqp10/detach/with-error', {
    title: 'A link that is refused is detached with an error, and the session goes on',
    duties: ['amqp10/2.6.5.detach-with-error:emit'],
    departs: true,
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const other = await session.sender(address, { handle: 1 });
      const { type, error } = await refusal(peer, session);
      peer.require(type === 'detach', `A link is refused by ${type} ${error?.condition ?? 'without an error'}.`);
      peer.require(error !== undefined, 'The link is detached without an error.');
      await sendAll(peer, other, ['after a link was refused']);
    },
  }),
  check('amqp10/detach/error-details', {
    title: 'The error of a detach says what it was about',
    duties: ['amqp10/2.7.7.error-details:emit'],
    departs: true,
    async run(peer: Peer) {
      const { type, error } = await refusal(peer, await peer.session10());
      if (type !== 'detach') peer.notApplicable('The broker refuses links by more than a detach.');
      peer.require((error?.description ?? '') !== '', 'The error of the detach has no description.');
    },
  }),
  check('amqp10/detach/stolen', {
    title: 'A link that is attached on another session leaves its former attachment with stolen',
    duties: ['amqp10/2.6.1.stolen:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session, connection, address } = await scene(peer);
      await stolenFrom(peer, await session.receiver(address, { name: peer.name('link') }), await connection.session());
      await session.barrier();
    },
  }),
  check('amqp10/detach/stolen-across-connections', {
    title: 'A link that is attached on another connection of the same container leaves its former attachment with stolen',
    duties: ['amqp10/2.6.1.stolen:enforce'],
    departs: true,
    thorough: true,
    async run(peer: Peer) {
      const open = { containerId: peer.name('container') };
      const { session, address } = await scene(peer, { open });
      await stolenFrom(peer, await session.receiver(address, { name: peer.name('link') }), await peer.session10({ open }));
    },
  }),
  check('amqp10/detach/errant-flow', {
    title: 'A flow for a link that was detached with an error ends the session with errant-link',
    duties: ['amqp10/2.6.5.errant-link:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { former, session } = await stolen(peer);
      session.flow({ handle: former.handle, deliveryCount: 0, linkCredit: 1 });
      await session.answersTo('amqp10/2.6.5.errant-link:enforce');
    },
  }),
  check('amqp10/detach/errant-disposition', {
    title: 'A disposition of a delivery whose link was detached with an error ends the session with errant-link',
    duties: ['amqp10/2.6.5.errant-link:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session } = await stolen(peer, async (former, found) => {
        await fill(peer, found, ['held']);
        former.credit(1);
        await former.receive();
      });
      session.send('disposition', { role: 'receiver', first: 0, settled: true, state: { type: 'accepted' } });
      await session.answersTo('amqp10/2.6.5.errant-link:enforce');
    },
  }),
  check('amqp10/detach/pipelined-attach', {
    title: 'An attach of a link that was detached with an error, before the detach was answered, ends the session with errant-link',
    duties: ['amqp10/2.6.5.pipelined-attach:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { former, session, address } = await stolen(peer);
      const again = { name: former.name, handle: former.handle + 1, role: 'receiver' } as const;
      session.send('attach', { ...again, source: { type: 'source', address }, target: { type: 'target' } });
      await session.answersTo('amqp10/2.6.5.pipelined-attach:enforce');
    },
  }),
  check('amqp10/detach/without-handle', {
    title: 'A detach without a handle is refused',
    duties: ['amqp10/2.7.7.handle:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session, connection, address } = await scene(peer);
      await session.sender(address);
      connection.sendBytes(frameOf(compositeAs('detach', { closed: true }), { channel: session.channel }));
      await session.answersTo('amqp10/2.7.7.handle:enforce');
    },
  }),
];
