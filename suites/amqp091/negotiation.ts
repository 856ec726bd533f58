import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { ConnectOptions, Peer } from '../../harness/probe/peer.ts';
import type { MethodArguments } from '../../harness/spec/amqp091/classes.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { pattern, same } from './frames.ts';
import { lowered } from './limits.ts';
import { relayed } from './relay.ts';

const channelMax: DutyId = 'amqp091/connection.tune-ok.channel-max-upper-limit:enforce';
const frameMax: DutyId = 'amqp091/connection.tune-ok.frame-max-upper-limit:enforce';
const frameMin: DutyId = 'amqp091/connection.tune-ok.frame-max-minimum:enforce';
const beyond: DutyId = 'amqp091/connection.tune.channel-max:enforce';

/**
 * Wants to be refused for these limits. Open goes right behind tune-ok: a server that took the limits answers it, instead of waiting until it
 * loses patience.
 */
async function refused(peer: Peer, duty: DutyId, limits: Pick<ConnectOptions, 'channelMax' | 'frameMax'>): Promise<void> {
  await (await peer.connection({ upTo: 'open', ...limits })).answersTo(duty);
}

/** What the server offers in tune. */
async function offer(peer: Peer): Promise<MethodArguments<'connection.tune'>> {
  const connection = await peer.connection({ upTo: 'tune' });
  connection.destroy();
  return connection.tune;
}

/** Sections 2.3.3 and 4.3, methods tune and tune-ok. */
export const negotiationChecks: readonly Check[] = [
  check('amqp091/negotiation/limits-proposed', {
    title: 'Valid credentials are answered with a proposal of limits',
    duties: ['amqp091/2.3.3.limits-proposed:emit', 'amqp091/connection.start-ok.answered:emit'],
    async run(peer: Peer) {
      const { tune } = await peer.connection({ upTo: 'tune' });
      peer.measure('channel-max offered', tune.channelMax);
      peer.measure('frame-max offered', tune.frameMax, 'octets');
      peer.measure('heartbeat offered', tune.heartbeat, 's');
    },
  }),
  check('amqp091/negotiation/frame-max-offer', {
    title: 'The frame-max offered is zero or at least 4096',
    duties: ['amqp091/connection.tune.frame-max-offer:emit'],
    async run(peer: Peer) {
      const tune = await offer(peer);
      peer.require(tune.frameMax === 0 || tune.frameMax >= 4096, `The frame-max offered is ${tune.frameMax}.`);
    },
  }),
  check('amqp091/negotiation/frame-max-4096', {
    title: 'A frame-max of 4096 is accepted and works',
    duties: ['amqp091/2.3.3.limits-lowered:emit'],
    async run(peer: Peer) {
      const body = pattern(9000);
      const message = await relayed(peer, await peer.channel({ frameMax: 4096 }), { body });
      peer.require(same(message.body, body), 'A body in frames of 4096 octets came back changed.');
    },
  }),
  check('amqp091/negotiation/frame-max-zero', {
    title: 'A frame-max of zero leaves the offer standing',
    duties: ['amqp091/connection.tune-ok.frame-max-zero:emit'],
    async run(peer: Peer) {
      const body = pattern(9000);
      const message = await relayed(peer, await peer.channel({ frameMax: 0 }), { body });
      peer.require(same(message.body, body), 'A body came back changed.');
    },
  }),
  ...[4095, 1].map(size =>
    check(`amqp091/negotiation/frame-max-${size}`, {
      title: `A frame-max of ${size} ends the connection without a word`,
      duties: [frameMin],
      departs: true,
      run: (peer: Peer) => refused(peer, frameMin, { frameMax: size }),
    }),
  ),
  check('amqp091/negotiation/frame-max-above-offer', {
    title: 'A frame-max above the offer ends the connection without a word',
    duties: [frameMax],
    departs: true,
    async run(peer: Peer) {
      const { frameMax: offered } = await offer(peer);
      if (offered === 0 || offered === 0xffffffff) peer.notApplicable('The server offers no limit on frames.');
      await refused(peer, frameMax, { frameMax: offered + 1 });
    },
  }),
  check('amqp091/negotiation/channel-max-above-offer', {
    title: 'A channel-max above the offer ends the connection without a word',
    duties: [channelMax],
    departs: true,
    async run(peer: Peer) {
      const { channelMax: offered } = await offer(peer);
      if (offered === 0 || offered === 0xffff) peer.notApplicable('The server offers no limit on channels.');
      await refused(peer, channelMax, { channelMax: offered + 1 });
    },
  }),
  check('amqp091/negotiation/frame-max-of-4-gib', {
    title: 'The largest frame-max there is ends the connection without a word, where less was offered',
    duties: [frameMax],
    departs: true,
    async run(peer: Peer) {
      const { frameMax: offered } = await offer(peer);
      if (offered === 0 || offered === 0xffffffff) peer.notApplicable('The server offers no limit on frames.');
      await refused(peer, frameMax, { frameMax: 0xffffffff });
    },
  }),
  check('amqp091/negotiation/channel-max-65535', {
    title: 'The largest channel-max there is ends the connection without a word, where less was offered',
    duties: [channelMax],
    departs: true,
    async run(peer: Peer) {
      const { channelMax: offered } = await offer(peer);
      if (offered === 0 || offered === 0xffff) peer.notApplicable('The server offers no limit on channels.');
      await refused(peer, channelMax, { channelMax: 0xffff });
    },
  }),
  check('amqp091/negotiation/heartbeat-above-offer', {
    title: 'A client may ask for heartbeats as rare as it likes',
    duties: ['amqp091/connection.tune-ok.heartbeat:emit'],
    async run(peer: Peer) {
      await (await peer.connection({ heartbeatS: 0xffff })).channel();
    },
  }),
  check('amqp091/negotiation/channel-max-zero', {
    title: 'What becomes of a channel-max of zero',
    duties: ['amqp091/connection.tune-ok.channel-max-notnull:permit'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection({ upTo: 'open', channelMax: 0 });
      const seen = await connection.next('close');
      peer.measure('channel-max of zero in tune-ok', describeSeen(seen));
    },
  }),
  check('amqp091/negotiation/one-channel', {
    title: 'A channel-max of one leaves one channel to use',
    duties: ['amqp091/2.3.3.limits-lowered:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel({ channelMax: 1 });
      await channel.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
    },
  }),
  check('amqp091/negotiation/all-channels', {
    title: 'Every channel up to the agreed channel-max can be open at once',
    duties: ['amqp091/connection.tune.channel-max:emit'],
    async run(peer: Peer) {
      const connection = await lowered(peer, { channelMax: 20 });
      const last = connection.limits.channelMax;
      for (let number = 1; number <= last; number++) await connection.channel(number);
      await connection.bareChannel(last).call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
    },
  }),
  check('amqp091/negotiation/channels-in-any-order', {
    title: 'Channel numbers can be used in any order and with gaps',
    duties: ['amqp091/connection.tune.channel-max:emit'],
    async run(peer: Peer) {
      const connection = await lowered(peer, { channelMax: 20 });
      const usable = [20, 3, 11, 1].filter(number => number <= connection.limits.channelMax);
      for (const number of usable) await connection.channel(number);
    },
  }),
  check('amqp091/negotiation/highest-channel', {
    title: 'The highest channel number of the offer can be used',
    duties: ['amqp091/connection.tune.channel-max:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection();
      const channel = await connection.channel(connection.limits.channelMax === 0 ? 0xffff : connection.limits.channelMax);
      await channel.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
    },
  }),
  check('amqp091/negotiation/channel-beyond-agreed', {
    title: 'One channel more than the client agreed to costs the connection',
    duties: [beyond],
    departs: true,
    async run(peer: Peer) {
      const connection = await lowered(peer, { channelMax: 5 });
      const last = connection.limits.channelMax;
      for (let number = 1; number <= last; number++) await connection.channel(number);
      connection.send(last + 1, 'channel.open');
      await connection.answersTo(beyond);
    },
  }),
  check('amqp091/negotiation/channel-beyond-one', {
    title: 'A second channel costs the connection where one was agreed on',
    duties: [beyond],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection({ channelMax: 1 });
      await connection.channel(1);
      connection.send(2, 'channel.open');
      await connection.answersTo(beyond);
    },
  }),
  check('amqp091/negotiation/channel-number-beyond-offer', {
    title: 'What becomes of a channel number above channel-max where few channels are open',
    duties: ['amqp091/connection.tune.channel-max:permit'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection();
      const { channelMax: agreed } = connection.limits;
      if (agreed === 0 || agreed === 0xffff) peer.notApplicable('No channel number lies above the agreed channel-max.');
      connection.send(agreed + 1, 'channel.open');
      const seen = await connection.next();
      peer.measure('channel number above channel-max', describeSeen(seen));
    },
  }),
];
