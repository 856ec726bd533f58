import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { frameOfType } from '../../harness/wire/amqp091/craft.ts';
import { heartbeatFrame, methodFrame, octets, sendFrames } from './frames.ts';

/** The shortest interval, so that two of them are soon over. */
const everySecond = { heartbeatS: 1 } as const;
const intervalMs = 1000;

/** Section 4.2.7: heartbeats of the server and what it makes of ours. */
export const heartbeatChecks: readonly Check[] = [
  check('amqp091/heartbeat/sent', {
    title: 'A server with nothing else to send sends heartbeats at the interval that the client asked for',
    duties: [
      'amqp091/4.2.7.heartbeat-interval:emit',
      'amqp091/connection.tune-ok.heartbeat:emit',
      'amqp091/4.2.7.heartbeat-format:emit',
      'amqp091/4.2.7.heartbeat-channel:emit',
    ],
    isolation: 'exclusive',
    worstMs: 3000,
    async run(peer: Peer) {
      const connection = await peer.connection(everySecond);
      const opened = peer.now();
      const first = await connection.next('idle');
      peer.require(first.kind === 'heartbeat', `Instead of a heartbeat came ${first.kind}.`);
      peer.require(first.channel === 0, `A heartbeat came on channel ${first.channel}.`, 'amqp091/4.2.7.heartbeat-channel:emit');
      peer.measure('first heartbeat after open', Math.round(peer.now() - opened), 'ms');
      const second = await connection.next('idle');
      peer.require(second.kind === 'heartbeat', `Instead of a second heartbeat came ${second.kind}.`);
      peer.measure('between heartbeats of an interval of 1 s', Math.round(second.atMs - first.atMs), 'ms');
    },
  }),
  check('amqp091/heartbeat/sent-before-open', {
    title: 'A server sends heartbeats from tune-ok on',
    duties: ['amqp091/4.2.7.heartbeat-start:emit'],
    worstMs: 3000,
    async run(peer: Peer) {
      const connection = await peer.connection({ ...everySecond, upTo: 'tune-ok' });
      const seen = await connection.next('idle');
      peer.require(seen.kind === 'heartbeat', `Instead of a heartbeat came ${seen.kind}.`);
    },
  }),
  check('amqp091/heartbeat/silent-client', {
    title: 'A client that is silent for two intervals is cut off without a handshake, and not before',
    duties: ['amqp091/4.2.7.peer-silent:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const { connection } = await peer.channel({ ...everySecond, heartbeats: false });
      const silentSince = peer.now();
      connection.sendBytes(heartbeatFrame());
      let seen = await connection.next('close');
      while (seen.kind === 'heartbeat') seen = await connection.next('close');
      const silentMs = peer.now() - silentSince;
      peer.measure('silence until cut off at an interval of 1 s', Math.round(silentMs), 'ms');
      peer.require(seen.kind === 'ended', 'The server spoke before it cut off the silent client.');
      peer.require(silentMs >= 2 * intervalMs, `The client was cut off after ${Math.round(silentMs)} ms of silence.`);
    },
  }),
  check('amqp091/heartbeat/client-heartbeats-count', {
    title: 'A client that sends heartbeats stays connected',
    duties: ['amqp091/4.2.7.any-octet:emit'],
    keepsTime: true,
    worstMs: 5000,
    async run(peer: Peer) {
      const channel = await peer.channel({ ...everySecond, heartbeats: false });
      for (let time = 0; time < 7; time++) {
        channel.connection.sendBytes(heartbeatFrame());
        await peer.quiet(intervalMs / 2, 'heartbeats at half the interval');
      }
      await channel.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
    },
  }),
  check('amqp091/heartbeat/traffic-counts', {
    title: 'A client that sends methods but no heartbeats stays connected',
    duties: ['amqp091/4.2.7.any-octet:emit'],
    keepsTime: true,
    worstMs: 5000,
    async run(peer: Peer) {
      const channel = await peer.channel({ ...everySecond, heartbeats: false });
      const times = 7;
      // The answers are waited for at the end, so that late ones do not make our own methods late.
      for (let time = 0; time < times; time++) {
        channel.send('basic.qos', { prefetchCount: 1 });
        await peer.quiet(intervalMs / 2, 'methods at half the interval');
      }
      for (let time = 0; time < times; time++) await channel.expect('basic.qos-ok');
      await channel.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
    },
  }),
  check('amqp091/heartbeat/octets-count', {
    title: 'A client that sends one octet at a time stays connected, though no frame is complete',
    duties: ['amqp091/4.2.7.any-octet:emit'],
    keepsTime: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const channel = await peer.channel({ ...everySecond, heartbeats: false });
      const frame = methodFrame(channel.number, 'basic.qos', { prefetchCount: 1 });
      for (const octet of frame.subarray(0, 7)) {
        channel.connection.sendBytes(octets(octet));
        await peer.quiet(intervalMs / 2, 'octets at half the interval');
      }
      channel.connection.sendBytes(frame.subarray(7));
      await channel.expect('basic.qos-ok');
    },
  }),
  check('amqp091/heartbeat/ignored-when-off', {
    title: 'Heartbeats are dropped where none were agreed on',
    duties: ['amqp091/4.2.7.heartbeat-discarded:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel({ heartbeatS: 0 });
      for (let time = 0; time < 5; time++) channel.connection.sendBytes(heartbeatFrame());
      await channel.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
    },
  }),
  check('amqp091/heartbeat/off', {
    title: 'A client that asked for no heartbeats may be silent for longer than twice the interval offered',
    duties: ['amqp091/connection.tune-ok.heartbeat-zero:emit'],
    isolation: 'exclusive',
    thorough: true,
    worstMs: 130_000,
    async run(peer: Peer) {
      const channel = await peer.channel({ heartbeatS: 0 });
      const offeredS = channel.connection.tune.heartbeat;
      if (offeredS > 60) peer.notApplicable(`Twice the interval offered is ${2 * offeredS} s.`);
      await peer.quiet((2 * offeredS + 2) * 1000, 'no octet either way where heartbeats are off');
      channel.send('basic.qos', { prefetchCount: 1 });
      const seen = await channel.connection.next();
      peer.require(seen.kind === 'method' && seen.method.name === 'basic.qos-ok', `Instead of an answer came ${seen.kind}, where heartbeats are off.`);
    },
  }),
  check('amqp091/heartbeat/on-open-channel', {
    title: 'A heartbeat on an open channel closes the connection',
    duties: ['amqp091/4.2.7.heartbeat-channel:enforce'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      channel.connection.sendBytes(heartbeatFrame(channel.number));
      await channel.connection.answersTo('amqp091/4.2.7.heartbeat-channel:enforce');
    },
  }),
  check('amqp091/heartbeat/on-unopened-channel', {
    title: 'A heartbeat on a channel that is not open closes the connection',
    duties: ['amqp091/4.2.7.heartbeat-channel:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection();
      connection.sendBytes(heartbeatFrame(7));
      await connection.answersTo('amqp091/4.2.7.heartbeat-channel:enforce');
    },
  }),
  check('amqp091/heartbeat/with-payload', {
    title: 'A heartbeat with a payload is a frame-error',
    duties: ['amqp091/4.2.7.heartbeat-format:enforce'],
    departs: true,
    async run(peer: Peer) {
      const connection = await peer.connection();
      connection.sendBytes(heartbeatFrame(0, octets(1, 2, 3)));
      await connection.answersTo('amqp091/4.2.7.heartbeat-format:enforce');
    },
  }),
  check('amqp091/heartbeat/of-type-4', {
    title: 'What becomes of a heartbeat of type 4, as the text has it',
    duties: ['amqp091/4.2.7.heartbeat-type-4:permit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      sendFrames(channel, frameOfType(4, 0), methodFrame(channel.number, 'basic.qos', { prefetchCount: 1 }));
      peer.measure('heartbeat of type 4', describeSeen(await channel.connection.next('close')));
    },
  }),
  check('amqp091/heartbeat/until-closed', {
    title: 'A server that waits for close-ok goes on sending heartbeats',
    duties: ['amqp091/4.2.7.heartbeat-until-closed:emit'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const channel = await peer.channel(everySecond);
      channel.send('channel.open');
      await channel.connection.expect(0, 'connection.close', 'close');
      const seen = await channel.connection.next('idle');
      if (seen.kind === 'ended') peer.notApplicable('The server did not wait for close-ok.');
      peer.require(seen.kind === 'heartbeat', 'Something else than a heartbeat came after connection.close.');
    },
  }),
];
