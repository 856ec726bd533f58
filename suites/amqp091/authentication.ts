import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { encodePairs, fieldTable } from '../../harness/wire/amqp091/codec.ts';
import { ascii } from './frames.ts';
import { offering, startOk } from './sasl.ts';

/** A user that nobody has, told apart from run to run. */
const stranger = (peer: Peer): Uint8Array => ascii(`\0${peer.name()}\0${peer.name()}`);

const credentials: DutyId = 'amqp091/connection.start-ok.credentials:enforce';
const validity: DutyId = 'amqp091/connection.start-ok.mechanism-validity:enforce';
const notNull: DutyId = 'amqp091/connection.start-ok.mechanism-notnull:enforce';
const failureClose: DutyId = 'amqp091/connection.authentication-failure-close:enforce';

/** Method start-ok: mechanisms and credentials. */
export const authenticationChecks: readonly Check[] = [
  check('amqp091/authentication/plain', {
    title: 'PLAIN with valid credentials is answered with tune',
    duties: ['amqp091/connection.start-ok.answered:emit'],
    async run(peer: Peer) {
      await offering(peer, 'PLAIN');
      await peer.connection({ mechanism: 'PLAIN', upTo: 'tune' });
    },
  }),
  check('amqp091/authentication/amqplain', {
    title: 'AMQPLAIN with valid credentials is answered with tune',
    duties: ['amqp091/connection.start-ok.answered:emit'],
    async run(peer: Peer) {
      await offering(peer, 'AMQPLAIN');
      await peer.connection({ mechanism: 'AMQPLAIN', upTo: 'tune' });
    },
  }),
  check('amqp091/authentication/anonymous', {
    title: 'ANONYMOUS, where it is offered, is answered with tune',
    duties: ['amqp091/connection.start-ok.answered:emit'],
    async run(peer: Peer) {
      await offering(peer, 'ANONYMOUS');
      await peer.connection({ mechanism: 'ANONYMOUS', upTo: 'tune' });
    },
  }),
  check('amqp091/authentication/wrong-credentials', {
    title: 'Credentials that do not hold end the connection without a word',
    duties: [credentials],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      startOk(connection, 'PLAIN', stranger(peer));
      await connection.answersTo(credentials);
    },
  }),
  check('amqp091/authentication/wrong-password', {
    title: 'A wrong password of a known user ends the connection without a word',
    duties: [credentials],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection({ password: peer.name(), capabilities: { authentication_failure_close: false }, upTo: 'start-ok' });
      await connection.answersTo(credentials);
    },
  }),
  check('amqp091/authentication/wrong-credentials-amqplain', {
    title: 'AMQPLAIN credentials that do not hold end the connection without a word',
    duties: [credentials],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await offering(peer, 'AMQPLAIN');
      startOk(connection, 'AMQPLAIN', encodePairs(fieldTable({ LOGIN: peer.name(), PASSWORD: peer.name() })));
      await connection.answersTo(credentials);
    },
  }),
  check('amqp091/authentication/malformed-plain', {
    title: 'A PLAIN response that is no user and password ends the connection without a word',
    duties: [credentials],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      startOk(connection, 'PLAIN', ascii('neither user nor password'));
      await connection.answersTo(credentials);
    },
  }),
  check('amqp091/authentication/refusal-announced', {
    title: 'A client with authentication_failure_close is told 403 before the connection ends',
    duties: [failureClose],
    capabilities: ['authentication_failure_close'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      startOk(connection, 'PLAIN', stranger(peer), { toldOfRefusal: true });
      await connection.answersTo(failureClose);
    },
  }),
  check('amqp091/authentication/unknown-mechanism', {
    title: 'A mechanism that the server did not list ends the connection without a word',
    duties: [validity],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection({ upTo: 'start' });
      startOk(connection, 'X-AMQPSPEC', ascii('response'));
      await connection.answersTo(validity);
    },
  }),
  check('amqp091/authentication/mechanism-in-lower-case', {
    title: 'A mechanism that the server listed in other letters ends the connection without a word',
    duties: [validity],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      startOk(connection, 'plain', stranger(peer));
      await connection.answersTo(validity);
    },
  }),
  check('amqp091/authentication/no-mechanism', {
    title: 'An empty mechanism ends the connection without a word',
    duties: [notNull],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection({ upTo: 'start' });
      startOk(connection, '', stranger(peer));
      await connection.answersTo(notNull);
    },
  }),
  check('amqp091/authentication/no-response', {
    title: 'What becomes of an empty response for PLAIN',
    duties: ['amqp091/connection.start-ok.response-notnull:permit'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      startOk(connection, 'PLAIN', new Uint8Array());
      const seen = await connection.next('close');
      peer.measure('empty response for PLAIN', describeSeen(seen));
    },
  }),
  check('amqp091/authentication/pause', {
    title: 'How long the server waits before it ends a connection whose credentials do not hold',
    duties: ['amqp091/4.10.2.pause:permit'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      const before = peer.now();
      startOk(connection, 'PLAIN', stranger(peer));
      await connection.ended('close');
      peer.measure('pause before a refused connection ends', Math.round(peer.now() - before), 'ms');
    },
  }),
];
