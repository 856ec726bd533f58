import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { AmqpAttach } from '../../harness/wire/amqp10/codec.ts';
import { compositeAs, frameOf } from '../../harness/wire/amqp10/craft.ts';
import { passes, receiveAll, scene, sendAll } from './scenes.ts';

const handleMost = 0xffff_ffff;
const source = { type: 'source' } as const;
const target = { type: 'target' } as const;

/** An attach that is answered, whether the link is served or refused: the node that it asks for is not there. */
const answered = (role: 'sender' | 'receiver', other: AmqpAttach['role']): Check =>
  check(`amqp10/attach/answered/${role}`, {
    title: `The attach of a ${role} is answered with an attach of the same name and the other role`,
    duties: ['amqp10/2.6.3.attach-answered:emit', 'amqp10/2.7.3.mandatory:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const session = await connection.session();
      const name = peer.name('link');
      const ours = role === 'sender' ? { source, target, initialDeliveryCount: 0 } : { source: { ...source, address: peer.name() }, target };
      session.send('attach', { name, handle: 0, role, ...ours });
      const { performative: attach } = await session.expect('attach');
      peer.require(attach.name === name, `The attach names the link ${attach.name}, where ${name} was asked for.`);
      peer.require(attach.role === other, `The attach that answers a ${role} has the role of a ${attach.role} too.`);
    },
  });

const whole = { name: 'lacking', handle: 0, role: 'receiver' } as const;

/** An attach that lacks one of the three fields that it must have. */
const lacking = (field: keyof typeof whole): Check =>
  check(`amqp10/attach/mandatory/${field}`, {
    title: `An attach without ${field} is refused`,
    duties: ['amqp10/2.7.3.mandatory:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session, connection, address } = await scene(peer);
      const { [field]: _left, ...rest } = whole;
      const attach = compositeAs('attach', { ...rest, source: { ...source, address }, target });
      connection.sendBytes(frameOf(attach, { channel: session.channel }));
      await session.answersTo('amqp10/2.7.3.mandatory:enforce');
    },
  });

/** Attach: names, handles and capabilities: sections 2.6.1 to 2.6.3 and 2.7.3. */
export const attach10Checks: readonly Check[] = [
  answered('sender', 'receiver'),
  answered('receiver', 'sender'),
  check('amqp10/attach/pipelined', {
    title: 'Credit that is sent behind an attach, before that was answered, is used',
    duties: ['amqp10/2.6.3.attach-answered:emit', 'amqp10/2.6.7.count-unknown:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      await sendAll(peer, await session.sender(address), ['1', '2', '3']);
      const receiving = session.receiver(address, { handle: 7 });
      session.flow({ handle: 7, linkCredit: 2 });
      const receiver = await receiving;
      await receiveAll(peer, receiver, ['1', '2']);
      await receiver.barrier(['transfer']);
    },
  }),
  check('amqp10/attach/same-name', {
    title: 'Two links of one name live side by side where they lead in opposite directions',
    duties: ['amqp10/2.6.1.unique-name:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const name = peer.name('link');
      const sender = await session.sender(address, { name });
      const receiver = await session.receiver(address, { name });
      await sendAll(peer, sender, ['by one name']);
      receiver.credit(1);
      await receiveAll(peer, receiver, ['by one name']);
    },
  }),
  check('amqp10/attach/long-name', {
    title: 'A link may have a name of 1,000 characters',
    duties: ['amqp10/2.6.1.long-name:emit'],
    async run(peer: Peer) {
      const { session, connection, address } = await scene(peer);
      const name = peer.name('link').padEnd(1000, '-');
      if (connection.limits.maxFrameSize < 4 * name.length) peer.notApplicable('The frames that the broker takes have no room for a long name.');
      const sender = await session.sender(address, { name });
      await sendAll(peer, sender, ['by a long name']);
    },
  }),
  check('amqp10/attach/handles-independent', {
    title: 'Each side goes on with the handle that it has chosen',
    duties: ['amqp10/2.6.2.handles-independent:emit', 'amqp10/2.7.3.handle-in-use:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const most = session.begin.handleMax ?? handleMost;
      const receiver = await session.receiver(address, { handle: Math.min(9, most) });
      const sender = await session.sender(address, { handle: Math.min(4, most) });
      peer.require(receiver.attach.handle !== sender.attach.handle, 'Both links of the broker have one handle.', 'amqp10/2.7.3.handle-in-use:emit');
      receiver.credit(1);
      await sendAll(peer, sender, ['crossing']);
      await receiveAll(peer, receiver, ['crossing']);
      await receiver.detach();
      await sender.detach();
    },
  }),
  check('amqp10/attach/lowest-handle', {
    title: 'The broker takes the lowest handles that are free',
    duties: ['amqp10/2.7.3.lowest-handle:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      for (const lowest of [0, 1]) {
        const { attach } = await session.sender(address);
        peer.require(attach.handle === lowest, `The broker attaches with handle ${attach.handle}, where ${lowest} is the lowest that is free on both sides.`);
      }
    },
  }),
  check('amqp10/attach/handle-in-use', {
    title: 'An attach with a handle that is in use is refused with handle-in-use',
    duties: ['amqp10/2.7.3.handle-in-use:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const { handle } = await session.receiver(address);
      session.send('attach', { name: peer.name('link'), handle, role: 'receiver', source: { ...source, address }, target });
      await session.answersTo('amqp10/2.7.3.handle-in-use:enforce');
    },
  }),
  check('amqp10/attach/capabilities', {
    title: 'A link for which unknown capabilities and properties are told serves all the same',
    duties: ['amqp10/2.7.3.capabilities:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const unknown = ['amqpspec:one', 'amqpspec:other'];
      const properties = [['amqpspec:property', { type: 'string', value: 'of a link' }]] as const;
      const sender = await session.sender(address, { desiredCapabilities: unknown, offeredCapabilities: unknown, properties });
      const offered = sender.attach.offeredCapabilities ?? [];
      peer.require(!offered.includes('amqpspec:one'), 'The broker offers a capability that nobody knows.');
      await sendAll(peer, sender, ['capable']);
    },
  }),
  check('amqp10/attach/many', {
    title: 'As many links as handle-max allows, 1,000 at most, live side by side on a session',
    duties: ['amqp10/2.6.3.attach-answered:emit', 'amqp10/2.7.3.handle-in-use:emit'],
    worstMs: 3000,
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const count = Math.min((session.begin.handleMax ?? handleMost) + 1, 1000);
      const names = Array.from({ length: count }, () => peer.name('link'));
      const each = { role: 'sender', source, target: { ...target, address }, initialDeliveryCount: 0 } as const;
      for (const [handle, name] of names.entries()) session.send('attach', { name, handle, ...each });
      for (const handle of names.keys()) await session.expect('attach', { handle });
      peer.measure('1.0 links on a session, of 1,000 asked for', count);
    },
  }),
  check('amqp10/attach/authority', {
    title: 'A link leads to the node that its address names',
    duties: ['amqp10/2.6.3.authority:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const other = await peer.node10();
      await sendAll(peer, await session.sender(other.address), ['elsewhere']);
      await passes(peer, session, address, 'here');
    },
  }),
  lacking('name'),
  lacking('handle'),
  lacking('role'),
];
