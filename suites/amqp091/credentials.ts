import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer, ProbeConnection } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { encodePairs, fieldTable } from '../../harness/wire/amqp091/codec.ts';
import { joined } from '../../harness/wire/amqp091/craft.ts';
import { ascii, octets } from './frames.ts';
import { offering, plain, startOk } from './sasl.ts';

const credentials: DutyId = 'amqp091/connection.start-ok.credentials:enforce';
const plainMessage: DutyId = 'amqp091/sasl.plain-message:enforce';
const withoutCertificate: DutyId = 'amqp091/sasl.external-without-certificate:enforce';

/** A login that holds nowhere, told apart from run to run. */
interface Wrong {
  readonly name: string;
}

type Attempt = readonly [what: string, response: (wrong: Wrong) => Uint8Array];

/** Responses that are tried side by side, since some servers wait before they close. */
const refused: readonly (readonly [slug: string, title: string, mechanism: string, duty: DutyId, attempts: readonly Attempt[]])[] = [
  [
    'plain-empty',
    'PLAIN with an empty user or password lets nobody in',
    'PLAIN',
    credentials,
    [
      ['an empty password', ({ name }) => plain('', name, '')],
      ['an empty user', ({ name }) => plain('', '', name)],
      ['nothing but NUL', () => plain('', '', '')],
    ],
  ],
  [
    'plain-malformed',
    'PLAIN with a part too few or too many lets nobody in',
    'PLAIN',
    plainMessage,
    [
      ['an end behind the user', ({ name }) => plain('', name)],
      ['no NUL in front', ({ name }) => plain(name, name)],
      ['a fourth part', ({ name }) => plain('', name, name, name)],
      ['octets that are no UTF-8', ({ name }) => joined(octets(0, 0xff, 0xfe, 0), ascii(name))],
    ],
  ],
  [
    'amqplain-malformed',
    'AMQPLAIN without login or password, or with something else in their place, lets nobody in',
    'AMQPLAIN',
    credentials,
    [
      ['no password', ({ name }) => encodePairs(fieldTable({ LOGIN: name }))],
      ['no login', ({ name }) => encodePairs(fieldTable({ PASSWORD: name }))],
      ['numbers', () => encodePairs(fieldTable({ LOGIN: 1, PASSWORD: 2 }))],
      ['an end in the middle of a value', () => joined(octets(5), ascii('LOGIN'), octets(0x53, 0, 0, 0, 9, 0x61))],
    ],
  ],
];

const refusals: readonly Check[] = refused.map(([slug, title, mechanism, duty, attempts]) =>
  check(`amqp091/authentication/${slug}`, {
    title,
    duties: [duty],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const tried: ProbeConnection[] = [];
      for (const [what, response] of attempts) {
        const connection = await offering(peer, mechanism);
        peer.note(`on connection ${tried.length + 1}: ${what}`);
        startOk(connection, mechanism, response({ name: peer.name() }));
        tried.push(connection);
      }
      for (const connection of tried) await connection.answersTo(duty);
    },
  }),
);

/** Credentials that lack something, and those of a user of whom the password is another. */
export const credentialChecks: readonly Check[] = [
  ...refusals,
  check('amqp091/authentication/password-of-another', {
    title: 'The password of one user lets no other in',
    duties: [credentials],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const { password } = peer.facility('logins')['no-read'];
      const connection = await peer.connection({ password, capabilities: { authentication_failure_close: false }, upTo: 'start-ok' });
      await connection.answersTo(credentials);
    },
  }),
  check('amqp091/authentication/another-identity', {
    title: 'PLAIN with valid credentials lets no user act as another',
    duties: [plainMessage],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const { user, password } = peer.facility('logins')['no-read'];
      const connection = await offering(peer, 'PLAIN');
      startOk(connection, 'PLAIN', plain(peer.name(), user, password));
      await connection.answersTo(plainMessage);
    },
  }),
  check('amqp091/authentication/own-identity', {
    title: 'What becomes of PLAIN that names the user as its authorisation identity too',
    duties: ['amqp091/connection.secure.challenge:permit'],
    worstMs: 6000,
    async run(peer: Peer) {
      const { user, password } = peer.facility('logins')['no-read'];
      const connection = await offering(peer, 'PLAIN');
      startOk(connection, 'PLAIN', plain(user, user, password));
      peer.measure('PLAIN with an authorisation identity', describeSeen(await connection.next('close')));
    },
  }),
  check('amqp091/authentication/challenged', {
    title: 'Wrong credentials in answer to a challenge let nobody in',
    duties: [credentials],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      startOk(connection, 'PLAIN', octets());
      const seen = await connection.next('close');
      if (seen.kind !== 'method' || seen.method.name !== 'connection.secure')
        peer.notApplicable('The server does not challenge a client that sends no response.');
      connection.send(0, 'connection.secure-ok', { response: plain('', peer.name(), peer.name()) });
      await connection.answersTo(credentials);
    },
  }),
  check('amqp091/authentication/external-in-plain', {
    title: 'EXTERNAL without TLS lets nobody in',
    duties: [withoutCertificate],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await peer.connection({ upTo: 'start' });
      startOk(connection, 'EXTERNAL', ascii(peer.facility('logins')['no-read'].user));
      await connection.answersTo(withoutCertificate);
    },
  }),
];
