import { type Check, check } from '../../harness/check/check.ts';
import type { Connection10, Connection10Options } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { emptyFrame } from '../../harness/wire/amqp10/codec.ts';

/** Of these the first that a broker does not refuse as too short is played. */
const idleTimeOutsMs = [1000, 5000, 30_000] as const;
/** Signs of life that are awaited. */
const signs = 3;
/** Shorter than anybody can keep to without trying. */
const tinyMs = 1;
/** Of the times that a broker asks for: so long somebody lives on small signs of life. */
const turns = 4;
/** Nobody waits for a silent peer longer than so many of them. */
const thresholds = 8;

/** A connection that asks for frames at least so often, as often as the broker bears it. */
async function asking(peer: Peer): Promise<{ readonly connection: Connection10; readonly idleTimeOutMs: number }> {
  for (const idleTimeOut of idleTimeOutsMs) {
    const connection = await peer.connection10({ upTo: 'open-sent', open: { idleTimeOut } });
    connection.send(0, 'begin');
    let seen = await connection.next('handshake');
    while (seen.kind === 'empty' || (seen.kind === 'frame' && seen.performative.type === 'open')) seen = await connection.next('handshake');
    if (seen.kind === 'frame' && seen.performative.type === 'begin') return { connection, idleTimeOutMs: idleTimeOut };
    if (seen.kind === 'frame') connection.send(0, 'close');
  }
  return peer.unsupported(`The broker refuses every idle-time-out up to ${idleTimeOutsMs.at(-1)} ms.`);
}

/** A connection that sends nothing unasked, at a broker that names an idle-time-out. */
async function quietPeer(peer: Peer, options: Connection10Options = {}): Promise<{ readonly connection: Connection10; readonly idleTimeOutMs: number }> {
  const connection = await peer.connection10({ ...options, automatic: { idle: false } });
  const { idleTimeOutMs } = connection.limits;
  if (idleTimeOutMs === 0) peer.notApplicable('The broker bears a silence of any length.');
  return { connection, idleTimeOutMs };
}

/** Says something within each idle-time-out of the broker, and nothing more, for longer than it would bear silence. */
async function livesOn(peer: Peer, speak: (connection: Connection10) => void): Promise<void> {
  const { connection, idleTimeOutMs } = await quietPeer(peer);
  const session = await connection.session();
  for (let turn = 0; turn < turns; turn += 1) {
    await peer.quiet(Math.floor(0.9 * idleTimeOutMs), 'just short of the idle-time-out');
    peer.require(!connection.over, `The broker gave up on a peer that sent within each ${idleTimeOutMs} ms.`);
    speak(connection);
  }
  await session.barrier();
}

/** Idle time-outs: section 2.4.5. Those of the broker itself are as long as it names them, and so are played on request. */
export const idle10Checks: readonly Check[] = [
  check('amqp10/idle/keep-alive', {
    title: 'A broker sends frames at least as often as its peer asks, empty ones on channel 0',
    duties: ['amqp10/2.4.5.keep-alive:emit', 'amqp10/2.4.5.empty-frame-channel:emit'],
    keepsTime: true,
    worstMs: 4000,
    async run(peer: Peer) {
      const { connection, idleTimeOutMs } = await asking(peer);
      const begun = peer.now();
      for (let count = 0; count < signs; count += 1) {
        const seen = await connection.next('idle');
        peer.require(seen.kind !== 'ended', 'The broker ended an idle connection that it was to keep alive.');
        peer.require(seen.kind !== 'empty' || seen.channel === 0, 'An empty frame came on another channel than 0.', 'amqp10/2.4.5.empty-frame-channel:emit');
      }
      peer.measure(`between signs of life for an idle-time-out of ${idleTimeOutMs} ms`, Math.round((peer.now() - begun) / signs), 'ms');
    },
  }),
  check('amqp10/idle/empty-frame-early', {
    title: 'A broker that is to keep a connection alive opens it first',
    duties: ['amqp10/2.4.5.empty-frame-early:emit'],
    async run(peer: Peer) {
      const connection = await peer.connection10({ upTo: 'open-sent', open: { idleTimeOut: idleTimeOutsMs[1] } });
      const first = await connection.next('handshake');
      peer.require(first.kind === 'frame' && first.performative.type === 'open', 'The first frame of the broker is no open.');
    },
  }),
  check('amqp10/idle/unsupported', {
    title: 'An idle-time-out of one millisecond is refused, or kept to',
    duties: ['amqp10/2.4.5.unsupported:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const duty = 'amqp10/2.4.5.unsupported:enforce';
      // Whether it comes in time is not looked at: nobody has to keep to times as short as he cannot.
      const connection = await peer.connection10({ upTo: 'open-sent', open: { idleTimeOut: tinyMs }, automatic: { idle: false } });
      const first = await connection.next('handshake');
      if (first.kind !== 'frame' || first.performative.type !== 'open') {
        peer.require(first.kind === 'ended', 'Something else than an open, or the end, came first.', duty);
        return;
      }
      const kept = await connection.next('close');
      if (kept.kind === 'empty') return;
      const error = kept.kind === 'frame' && kept.performative.type === 'close' ? kept.performative.error : undefined;
      peer.require(kept.kind === 'ended' || error !== undefined, `An idle-time-out of ${tinyMs} ms is neither refused nor kept to.`, duty);
      if (kept.kind === 'frame') connection.send(0, 'close');
    },
  }),
  check('amqp10/idle/peer-silent', {
    title: 'A peer that is silent for longer than the broker bears is told so by a close, or cut off',
    duties: ['amqp10/2.4.5.peer-silent:enforce'],
    departs: true,
    thorough: true,
    worstMs: 250_000,
    async run(peer: Peer) {
      const { connection, idleTimeOutMs } = await quietPeer(peer);
      for (let turn = 0; turn < thresholds && !connection.over; turn += 1) await peer.quiet(idleTimeOutMs, 'nothing from the peer');
      await connection.answersTo('amqp10/2.4.5.peer-silent:enforce');
    },
  }),
  check('amqp10/idle/empty-frames-count', {
    title: 'Empty frames within each idle-time-out of the broker keep a connection alive',
    duties: ['amqp10/2.4.5.half-threshold:emit', 'amqp10/2.4.5.any-frame:emit'],
    keepsTime: true,
    thorough: true,
    worstMs: 120_000,
    run: (peer: Peer) => livesOn(peer, connection => connection.sendBytes(emptyFrame)),
  }),
  check('amqp10/idle/flows-count', {
    title: 'Other frames within each idle-time-out of the broker keep a connection alive as well',
    duties: ['amqp10/2.4.5.half-threshold:emit', 'amqp10/2.4.5.any-frame:emit'],
    keepsTime: true,
    thorough: true,
    worstMs: 120_000,
    run: (peer: Peer) => livesOn(peer, connection => connection.send(0, 'flow')),
  }),
];
