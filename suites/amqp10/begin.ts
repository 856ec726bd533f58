import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { compositeAs, frameOf } from '../../harness/wire/amqp10/craft.ts';
import { passes, scene } from './scenes.ts';

const channel = 5;
const handleMost = 0xffff_ffff;
const begin = { nextOutgoingId: 0, incomingWindow: 10, outgoingWindow: 10 };
type Mandatory = keyof typeof begin;

/** A begin that lacks one of the three fields that it must have. */
const lacking = (field: Mandatory, slug: string): Check =>
  check(`amqp10/begin/mandatory/${slug}`, {
    title: `A begin without ${slug} is refused`,
    duties: ['amqp10/2.7.2.mandatory:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const { [field]: _left, ...rest } = begin;
      connection.sendBytes(frameOf(compositeAs('begin', rest), { channel }));
      await connection.answersTo('amqp10/2.7.2.mandatory:enforce');
    },
  });

/** Begin and the numbers of channels: sections 2.5.1 and 2.7.2. */
export const begin10Checks: readonly Check[] = [
  check('amqp10/begin/answered', {
    title: 'A begin is answered with a begin whose remote-channel is the channel that it came on',
    duties: ['amqp10/2.5.1.begin-answered:emit', 'amqp10/2.7.2.mandatory:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.send(channel, 'begin');
      const { performative } = await connection.expect('begin');
      peer.require(performative.remoteChannel === channel, `The begin has remote-channel ${performative.remoteChannel}, where ${channel} was begun.`);
    },
  }),
  check('amqp10/begin/each-answered', {
    title: 'Of two begins that were sent together each is answered on a channel of its own',
    duties: ['amqp10/2.5.1.remote-channel:emit', 'amqp10/2.5.1.channel-in-use:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const ours = [3, 7] as const;
      for (const each of ours) connection.send(each, 'begin');
      const theirs: number[] = [];
      for (const each of ours) theirs.push((await connection.expect('begin', { channel: each })).channel);
      peer.require(theirs[0] !== theirs[1], `Both sessions of the broker are on channel ${theirs[0]}.`, 'amqp10/2.5.1.channel-in-use:emit');
    },
  }),
  check('amqp10/begin/answers-nothing', {
    title: 'A begin that answers one which the broker never sent is refused',
    duties: ['amqp10/2.5.1.remote-channel:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.send(0, 'begin', { remoteChannel: channel });
      await connection.answersTo('amqp10/2.5.1.remote-channel:enforce');
    },
  }),
  check('amqp10/begin/lowest-channel', {
    title: 'Sessions of the broker take the lowest channels that are free',
    duties: ['amqp10/2.5.1.lowest-channel:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      for (const each of [0, 1]) {
        connection.send(each, 'begin');
        const { channel: theirs } = await connection.expect('begin', { channel: each });
        peer.require(theirs === each, `The broker begins on channel ${theirs}, where ${each} is the lowest that is free on both sides.`);
      }
    },
  }),
  check('amqp10/begin/channel-in-use', {
    title: 'A begin on the channel of a session is refused',
    duties: ['amqp10/2.5.1.channel-in-use:enforce'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      session.send('begin');
      await session.connection.answersTo('amqp10/2.5.1.channel-in-use:enforce');
    },
  }),
  check('amqp10/begin/unmapped-channel', {
    title: 'A flow on a channel that no session has is refused',
    duties: ['amqp10/2.5.5.unmapped-channel:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.send(channel, 'flow', { nextIncomingId: 0 });
      await connection.answersTo('amqp10/2.5.5.unmapped-channel:enforce');
    },
  }),
  check('amqp10/begin/unmapped-attach', {
    title: 'An attach on a channel that no session has is refused',
    duties: ['amqp10/2.5.5.unmapped-channel:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      connection.send(channel, 'attach', { name: peer.name('link'), handle: 0, role: 'receiver', source: { type: 'source' }, target: { type: 'target' } });
      await connection.answersTo('amqp10/2.5.5.unmapped-channel:enforce');
    },
  }),
  check('amqp10/begin/highest-channel', {
    title: 'A session begins on the highest channel that the broker takes',
    duties: ['amqp10/2.5.1.begin-answered:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const highest = connection.limits.channelMax;
      connection.send(highest, 'begin');
      await connection.expect('begin', { channel: highest });
    },
  }),
  check('amqp10/begin/many', {
    title: 'As many sessions as channel-max allows, 256 at most, live side by side on a connection',
    duties: ['amqp10/2.5.1.begin-answered:emit', 'amqp10/2.5.1.channel-in-use:emit'],
    worstMs: 2000,
    async run(peer: Peer) {
      const connection = await peer.connection10();
      const count = Math.min(connection.limits.channelMax + 1, 256);
      for (let each = 0; each < count; each += 1) connection.send(each, 'begin');
      for (let each = 0; each < count; each += 1) await connection.expect('begin', { channel: each });
      peer.measure('1.0 channel-max', connection.limits.channelMax);
      peer.measure('1.0 sessions on a connection, of 256 asked for', count);
    },
  }),
  check('amqp10/begin/handle-max/kept', {
    title: 'The broker attaches with the only handle that its peer takes',
    duties: ['amqp10/2.7.2.handle-max:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const connection = await peer.connection10();
      const session = await connection.session({ handleMax: 0 });
      const { attach } = await session.receiver(address);
      peer.require(attach.handle === 0, `The broker attaches with handle ${attach.handle}, where 0 is the highest.`);
    },
  }),
  check('amqp10/begin/handle-max/highest', {
    title: 'A link is attached with the highest handle that the broker takes',
    duties: ['amqp10/2.7.2.handle-max-default:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const { handleMax = handleMost } = session.begin;
      peer.measure('1.0 handle-max', handleMax);
      const receiver = await session.receiver(address, { handle: handleMax });
      await receiver.detach();
    },
  }),
  check('amqp10/begin/handle-max/beyond', {
    title: 'An attach with a handle above the handle-max of the broker closes the connection with framing-error',
    duties: ['amqp10/2.7.2.handle-beyond:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const { handleMax = handleMost } = session.begin;
      if (handleMax >= handleMost) peer.notApplicable('No handle is above the handle-max of the broker.');
      const link = { name: peer.name('link'), handle: handleMax + 1, role: 'receiver' } as const;
      session.send('attach', { ...link, source: { type: 'source', address }, target: { type: 'target' } });
      await session.answersTo('amqp10/2.7.2.handle-beyond:enforce');
    },
  }),
  check('amqp10/begin/capabilities', {
    title: 'A session for which an unknown capability is desired begins all the same, and serves',
    duties: ['amqp10/2.7.2.capabilities:emit'],
    async run(peer: Peer) {
      const { address } = await peer.node10();
      const connection = await peer.connection10();
      const unknown = ['amqpspec:one', 'amqpspec:other'];
      const session = await connection.session({ desiredCapabilities: unknown, offeredCapabilities: unknown, properties: [] });
      const offered = session.begin.offeredCapabilities ?? [];
      peer.require(!offered.includes('amqpspec:one'), 'The broker offers a capability that nobody knows.');
      await passes(peer, session, address, 'capable');
    },
  }),
  lacking('nextOutgoingId', 'next-outgoing-id'),
  lacking('incomingWindow', 'incoming-window'),
  lacking('outgoingWindow', 'outgoing-window'),
];
