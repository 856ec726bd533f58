import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { compositeAs, describedAs, listOf, valueAs } from '../../harness/wire/amqp10/craft.ts';
import { ascii, layer, saslFrame } from './layer.ts';

/** Frames of the SASL layer that can be none, each of its own kind. */
const impossible: readonly (readonly [slug: string, what: string, duty: DutyId, octets: Uint8Array])[] = [
  [
    'body-unknown',
    'A SASL frame of an unknown body',
    'amqp10/5.3.1.body:enforce',
    saslFrame(describedAs(valueAs({ type: 'ulong', value: 0x4fn }, 'smallulong'), listOf([]))),
  ],
  ['body-open', 'An open in a SASL frame', 'amqp10/5.3.1.body:enforce', saslFrame(compositeAs('open', { containerId: 'amqpspec' }))],
  ['empty', 'An empty SASL frame', 'amqp10/5.3.1.empty:enforce', saslFrame(new Uint8Array(0))],
  ['mechanisms', 'A mechanisms of the client', 'amqp10/5.3.2.roles:enforce', saslFrame(compositeAs('sasl-mechanisms', { saslServerMechanisms: ['PLAIN'] }))],
  ['outcome', 'An outcome of the client', 'amqp10/5.3.2.roles:enforce', saslFrame(compositeAs('sasl-outcome', { code: 'ok' }))],
  ['challenge', 'A challenge of the client', 'amqp10/5.3.2.roles:enforce', saslFrame(compositeAs('sasl-challenge', { challenge: ascii('who') }))],
  ['response-first', 'A response before init', 'amqp10/5.3.2.sequence:enforce', saslFrame(compositeAs('sasl-response', { response: ascii('me') }))],
];

/** Frames out of place, role or turn in the SASL layer: sections 5.3.1 and 5.3.2. */
export const saslRefused10Checks: readonly Check[] = impossible.map(([slug, what, duty, octets]) =>
  check(`amqp10/sasl/refused/${slug}`, {
    title: `${what} lets nobody in and ends the connection`,
    duties: [duty],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await layer(peer);
      connection.sendBytes(octets);
      await connection.answersTo(duty);
    },
  }),
);
