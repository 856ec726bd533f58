import { check } from '../../harness/check/check.ts';
import type { ConnectOptions, Peer, ProbeConnection } from '../../harness/probe/peer.ts';

type Step = NonNullable<ConnectOptions['upTo']>;

/** Where a client falls silent, and what the server waits for then. */
const stages: readonly (readonly [upTo: Step, waitsFor: string])[] = [
  ['dial', 'protocol header'],
  ['start', 'start-ok'],
  ['tune', 'tune-ok'],
  ['tune-ok', 'open'],
];

/** Longer than any broker at hand waits for one stage. */
const patienceMs = 60_000;
const lookMs = 250;

/** Milliseconds until the server ended the connection of a silent client; undefined where it did not within our patience. */
async function cutOffAfter(peer: Peer, connection: ProbeConnection): Promise<number | undefined> {
  const begun = peer.now();
  while (peer.now() - begun < patienceMs) {
    if (connection.over) return Math.round(peer.now() - begun);
    await peer.quiet(lookMs, 'a client that goes no further');
  }
  return undefined;
}

/** Section 4.9: how long each stage of the handshake may stall. Times without a rule are measured, never judged. */
export const stallChecks = [
  check('amqp091/limits/stalls', {
    title: 'How long a client may fall silent at each stage of the handshake; meanwhile another is served',
    duties: ['amqp091/connection.start-ok.answered:emit', 'amqp091/4.9.own-limits:permit'],
    thorough: true,
    departs: true,
    worstMs: patienceMs,
    async run(peer: Peer) {
      await Promise.all(
        stages.map(async ([upTo, waitsFor]) => {
          const ms = await cutOffAfter(peer, await peer.connection({ upTo }));
          peer.tabulate('How long a stage of the handshake may stall', waitsFor, 'cut off after, ms', ms ?? `not within ${patienceMs / 1000} s`);
        }),
      );
      await (await peer.channel()).close();
    },
  }),
] as const;
