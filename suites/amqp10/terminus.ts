import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { compositeAs, frameOf, valueAs } from '../../harness/wire/amqp10/craft.ts';
import { both, expectLeft, expectText, sendAll } from './deliveries.ts';
import { attach, isTaken, lifetime, sourceOf } from './termini.ts';

const nonsense = 'amqpspec:nonsense';
const invalidDescriptor = valueAs({ type: 'ulong', value: 0x1234_5678n }, 'ulong');

/** Attaches whose source cannot be read as one. */
const malformed: readonly { readonly slug: string; readonly title: string; readonly terminus: 'source' | 'target'; readonly octets: Uint8Array }[] = [
  { slug: 'source-plain', title: 'A string where a source is due', terminus: 'source', octets: valueAs({ type: 'string', value: 'plain' }, 'str8-utf8') },
  { slug: 'target-plain', title: 'A string where a target is due', terminus: 'target', octets: valueAs({ type: 'string', value: 'plain' }, 'str8-utf8') },
  {
    slug: 'source-other',
    title: 'A described list of another kind where a source is due',
    terminus: 'source',
    octets: compositeAs('source', {}, { descriptor: invalidDescriptor }),
  },
  {
    slug: 'target-other',
    title: 'A described list of another kind where a target is due',
    terminus: 'target',
    octets: compositeAs('target', {}, { descriptor: invalidDescriptor }),
  },
  {
    slug: 'field-type',
    title: 'A source whose address is no address',
    terminus: 'source',
    octets: compositeAs('source', {}, { fields: { timeout: valueAs({ type: 'string', value: 'soon' }, 'str8-utf8') } }),
  },
];

const misfits: readonly Check[] = malformed.map(({ slug, title, terminus, octets }) =>
  check(`amqp10/terminus/malformed/${slug}`, {
    title: `${slug === 'field-type' ? 'A source with a field of another type' : title} is refused`,
    duties: ['amqp10/3.5.malformed:enforce'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      const own =
        terminus === 'source'
          ? { role: 'receiver' as const, target: { type: 'target' as const } }
          : { role: 'sender' as const, source: { type: 'source' as const }, initialDeliveryCount: 0 };
      const body = compositeAs('attach', { name: peer.name('link'), handle: 9, ...own }, { fields: { [terminus]: octets } });
      session.connection.sendBytes(frameOf(body, { channel: session.channel }));
      await session.answersTo('amqp10/3.5.malformed:enforce');
    },
  }),
);

const unknown: readonly Check[] = (['source', 'target'] as const).map(terminus =>
  check(`amqp10/terminus/not-found/${terminus}`, {
    title: `A link whose ${terminus} is an address of nothing is refused with not-found`,
    duties: ['amqp10/3.5.not-found:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { address, provisioner } = await peer.node10();
      if (provisioner === 'attach') peer.notApplicable('The broker makes the node that a link asks for.');
      const session = await peer.session10();
      const nowhere = { address: `${address}-nowhere` };
      const to = terminus === 'source' ? { source: nowhere } : { target: nowhere };
      if (await isTaken(session, 0, to, peer.name('link'))) peer.notApplicable('The broker makes the node that a link asks for.');
    },
  }),
);

/** Sources and targets: sections 3.5, 3.5.2 and 3.5.3. */
export const terminus10Checks: readonly Check[] = [
  ...unknown,
  ...misfits,
  check('amqp10/terminus/minimal', {
    title: 'The own terminus of a client may have all of its fields unset',
    duties: ['amqp10/3.5.3.minimal:emit'],
    async run(peer: Peer) {
      const { sender, receiver } = await both(peer, {
        sender: { source: { type: 'source' }, sndSettleMode: 'settled' },
        receiver: { target: { type: 'target' }, sndSettleMode: 'settled' },
      });
      await sender.deliver('minimal', { settled: true });
      await expectText(peer, receiver, 'minimal');
    },
  }),
  check('amqp10/terminus/move', {
    title: 'In mode move a message that was taken over one link is not there for others',
    duties: ['amqp10/3.5.2.move:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const sender = await session.sender(address);
      const receiver = await session.receiver({ address, distributionMode: 'move' });
      const { distributionMode = 'move' } = sourceOf(receiver);
      if (distributionMode !== 'move') peer.notApplicable(`The broker attaches with distribution-mode ${distributionMode} where move is asked for.`);
      receiver.credit(1);
      await sendAll(peer, sender, 'moved');
      const delivery = await receiver.receive();
      peer.require(delivery.text === 'moved', `Expected the message, got ${delivery.text}.`);
      if (!delivery.settled) delivery.accept();
      await receiver.barrier();
      await expectLeft(peer, address);
    },
  }),
  check('amqp10/terminus/copy', {
    title: 'In mode copy a message stays where it is, whatever becomes of its delivery',
    duties: ['amqp10/3.5.2.copy:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const sender = await session.sender(address);
      await sendAll(peer, sender, 'one', 'two', 'three');
      const receiver = await session.receiver({ address, distributionMode: 'copy' });
      const { distributionMode = 'move' } = sourceOf(receiver);
      if (distributionMode !== 'copy') peer.unsupported(`The broker attaches with distribution-mode ${distributionMode} where copy is asked for.`);
      receiver.credit(3);
      const [one, two, three] = [await receiver.receive(), await receiver.receive(), await receiver.receive()];
      if (!one.settled) one.accept();
      if (!two.settled) two.reject();
      if (!three.settled) three.release();
      await receiver.barrier();
      await receiver.detach();
      await expectLeft(peer, address, 'one', 'two', 'three');
    },
  }),
  check('amqp10/terminus/once', {
    title: 'In mode copy a message that was accepted does not come over the same link again',
    duties: ['amqp10/3.5.2.once:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      await sendAll(peer, await session.sender(address), 'one', 'two');
      const receiver = await session.receiver({ address, distributionMode: 'copy' });
      const { distributionMode = 'move' } = sourceOf(receiver);
      if (distributionMode !== 'copy') peer.unsupported(`The broker attaches with distribution-mode ${distributionMode} where copy is asked for.`);
      receiver.credit(10);
      for (const text of ['one', 'two']) {
        const delivery = await receiver.receive();
        peer.require(delivery.text === text, `Expected message ${text}, got ${delivery.text}.`);
        if (!delivery.settled) delivery.accept();
      }
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/terminus/distribution-mode', {
    title: 'A broker that has both distribution modes tells which one holds',
    duties: ['amqp10/3.5.3.distribution-mode:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const copying = await session.receiver({ address, distributionMode: 'copy' });
      const { distributionMode = 'move' } = sourceOf(copying);
      if (distributionMode !== 'copy') peer.unsupported(`The broker attaches with distribution-mode ${distributionMode} where copy is asked for.`);
      const usual = await session.receiver(address);
      peer.require(
        sourceOf(usual).distributionMode !== undefined,
        'The source of a link for which no mode was asked tells none, where the broker has several.',
      );
    },
  }),
  check('amqp10/terminus/capabilities', {
    title: 'A capability that the broker does not have is not among those that it tells',
    duties: ['amqp10/3.5.3.capabilities:emit'],
    optional: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const receiver = await session.receiver({ address, capabilities: [nonsense] });
      peer.require(sourceOf(receiver).capabilities?.includes(nonsense) !== true, 'The source tells a capability that nobody knows.');
      const { target } = (await session.sender({ address, capabilities: [nonsense, `${nonsense}2`] })).attach;
      const told = target?.type === 'target' ? (target.capabilities ?? []) : [];
      peer.require(!told.includes(nonsense), 'The target tells a capability that nobody knows.');
    },
  }),
  check('amqp10/terminus/dynamic-properties', {
    title: 'The broker tells no properties of a dynamic node where none was asked for',
    duties: ['amqp10/3.5.3.dynamic-properties:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      peer.require(
        sourceOf(await session.receiver(address)).dynamicNodeProperties === undefined,
        'The source of a node that was there tells properties of a dynamic one.',
      );
      const { target } = (await session.sender(address)).attach;
      peer.require(
        target?.type !== 'target' || target.dynamicNodeProperties === undefined,
        'The target of a node that was there tells properties of a dynamic one.',
      );
    },
  }),
  check('amqp10/terminus/dynamic-properties/stray', {
    title: 'Properties of a dynamic node are refused where none is asked for',
    duties: ['amqp10/3.5.3.dynamic-properties:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const session = await peer.session10();
      const properties = lifetime({ type: 'described', descriptor: { type: 'ulong', value: 0x2bn }, value: { type: 'list', value: [] } });
      attach(session, 0, { source: { address, dynamicNodeProperties: properties } }, peer.name('link'));
      await session.answersTo('amqp10/3.5.3.dynamic-properties:enforce', { handle: 0 });
    },
  }),
];
