import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen10 } from '../../harness/probe/amqp10-expectation.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { compositeAs, frameOf } from '../../harness/wire/amqp10/craft.ts';
import { ascii, expectGuarded, initFrame, layer, offeredScram, offering, plain, type ScramName, scramFirst } from './layer.ts';

const iterationsMin = 4096;
/** As long as the proof of the stronger one, in base64. */
const proof = Buffer.alloc(64).toString('base64');

/** Octets of PLAIN that cannot be read, of a login that holds nowhere. */
const malformed: readonly (readonly [slug: string, what: string, response: (name: string) => Uint8Array])[] = [
  ['two-parts', 'an end behind the user', name => plain('', name)],
  ['one-part', 'no NUL at all', name => ascii(name)],
  ['four-parts', 'a fourth part', name => plain('', name, name, name)],
  ['no-password', 'an empty password', name => plain('', name, '')],
];

const plainChecks: readonly Check[] = [
  check('amqp10/sasl/plain', {
    title: 'PLAIN without an authorisation identity lets its user in',
    duties: ['amqp10/sasl.plain:emit'],
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      connection.sendSasl({ type: 'sasl-init', mechanism: 'PLAIN', initialResponse: connection.plainResponse() });
      const { code } = await connection.expectSasl('sasl-outcome');
      peer.require(code === 'ok', `The outcome is ${code}.`);
    },
  }),
  check('amqp10/sasl/plain-own-identity', {
    title: 'What becomes of PLAIN over 1.0 that names the user as its authorisation identity too',
    duties: ['amqp10/sasl.plain:permit'],
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await offering(peer, 'PLAIN');
      connection.sendSasl({ type: 'sasl-init', mechanism: 'PLAIN', initialResponse: connection.plainResponse(connection.user) });
      peer.measure('PLAIN with an authorisation identity, in 1.0', describeSeen10(await connection.next('close')));
    },
  }),
  check('amqp10/sasl/plain-other-identity', {
    title: 'PLAIN lets no user act as another',
    duties: ['amqp10/sasl.plain:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      await expectGuarded(peer);
      const connection = await offering(peer, 'PLAIN');
      connection.sendSasl({ type: 'sasl-init', mechanism: 'PLAIN', initialResponse: connection.plainResponse(peer.name()) });
      await connection.answersTo('amqp10/sasl.plain:enforce');
    },
  }),
  ...malformed.map(([slug, what, response]) =>
    check(`amqp10/sasl/plain-malformed/${slug}`, {
      title: `PLAIN with ${what} lets nobody in`,
      duties: ['amqp10/sasl.plain:enforce'],
      departs: true,
      worstMs: 6000,
      async run(peer: Peer) {
        await expectGuarded(peer);
        const connection = await offering(peer, 'PLAIN');
        connection.sendBytes(initFrame('PLAIN', response(peer.name())));
        await connection.answersTo('amqp10/sasl.plain:enforce');
      },
    }),
  ),
];

const anonymousChecks: readonly Check[] = (
  [
    ['with-trace', 'a trace', ascii('amqpspec')],
    ['without-trace', 'an empty one', new Uint8Array(0)],
  ] as const
).map(([slug, what, initialResponse]) =>
  check(`amqp10/sasl/anonymous/${slug}`, {
    title: `ANONYMOUS with ${what} lets whoever takes it in`,
    duties: ['amqp10/sasl.anonymous:emit'],
    async run(peer: Peer) {
      const connection = await offering(peer, 'ANONYMOUS');
      connection.sendSasl({ type: 'sasl-init', mechanism: 'ANONYMOUS', initialResponse });
      let seen = await connection.next('handshake');
      if (seen.kind === 'sasl' && seen.body.type === 'sasl-challenge') {
        connection.sendSasl({ type: 'sasl-response', response: initialResponse });
        seen = await connection.next('handshake');
      }
      peer.require(seen.kind === 'sasl' && seen.body.type === 'sasl-outcome', 'No outcome answers ANONYMOUS.');
      peer.require(seen.body.code === 'ok', `The outcome is ${seen.body.code}.`);
    },
  }),
);

const scramNames: readonly ScramName[] = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];

const scramChecks: readonly Check[] = [
  ...scramNames.map(mechanism =>
    check(`amqp10/sasl/scram/${mechanism.slice(6).toLowerCase()}`, {
      title: `${mechanism} lets in whoever knows the password, and proves that the server does`,
      duties: ['amqp10/sasl.scram:emit', 'amqp10/sasl.scram-server-final:emit', 'amqp10/5.3.3.3.challenge:emit'],
      async run(peer: Peer) {
        await offering(peer, mechanism);
        const connection = await peer.connection10({ mechanism });
        await connection.session();
      },
    }),
  ),
  check('amqp10/sasl/scram/server-first', {
    title: 'The first message of the server continues the nonce of the client, with a salt and enough iterations',
    duties: ['amqp10/sasl.scram-server-first:emit', 'amqp10/sasl.scram-iterations:emit'],
    async run(peer: Peer) {
      const nonces: string[] = [];
      for (let turn = 0; turn < 2; turn += 1) {
        const { connection, mechanism } = await offeredScram(peer);
        const { nonce, salt, iterations } = await scramFirst(connection, mechanism, connection.user, 'amqpspec+nonce');
        peer.require(nonce.startsWith('amqpspec+nonce') && nonce.length > 'amqpspec+nonce'.length, 'The nonce does not continue that of the client.');
        peer.require(Buffer.from(salt, 'base64').length > 0, 'There is no salt.');
        peer.require(iterations > 0, 'There is no iteration count.');
        peer.require(iterations >= iterationsMin, `The iteration count is ${iterations}.`, 'amqp10/sasl.scram-iterations:emit');
        nonces.push(nonce);
        connection.destroy();
      }
      peer.require(nonces[0] !== nonces[1], 'The nonce of the server is the same each time.');
    },
  }),
  ...(
    [
      ['proof', 'A proof that does not hold', (nonce: string) => `c=biws,r=${nonce},p=${proof}`],
      ['nonce', 'Another nonce than was begun with', () => `c=biws,r=amqpspec+another,p=${proof}`],
      ['binding', 'Another channel binding than was begun with', (nonce: string) => `c=eSws,r=${nonce},p=${proof}`],
    ] as const
  ).map(([slug, what, final]) =>
    check(`amqp10/sasl/scram/wrong-${slug}`, {
      title: `${what} lets nobody in by SCRAM`,
      duties: ['amqp10/sasl.scram-wrong-proof:enforce'],
      departs: true,
      worstMs: 6000,
      async run(peer: Peer) {
        const { connection, mechanism } = await offeredScram(peer);
        const { nonce } = await scramFirst(connection, mechanism, connection.user, 'amqpspec+nonce');
        connection.sendSasl({ type: 'sasl-response', response: ascii(final(nonce)) });
        await connection.answersTo('amqp10/sasl.scram-wrong-proof:enforce');
      },
    }),
  ),
  check('amqp10/sasl/scram/unknown-user', {
    title: 'A user who is not there fails by SCRAM as late as a wrong password does',
    duties: ['amqp10/sasl.scram-unknown-user:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const { connection, mechanism } = await offeredScram(peer);
      const { nonce } = await scramFirst(connection, mechanism, peer.name(), 'amqpspec+nonce');
      connection.sendSasl({ type: 'sasl-response', response: ascii(`c=biws,r=${nonce},p=${proof}`) });
      await connection.answersTo('amqp10/sasl.scram-unknown-user:enforce');
    },
  }),
  check('amqp10/sasl/scram/malformed', {
    title: 'A first message of SCRAM that cannot be read lets nobody in',
    duties: ['amqp10/sasl.scram-malformed:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const { connection, mechanism } = await offeredScram(peer);
      connection.sendSasl({ type: 'sasl-init', mechanism, initialResponse: ascii('neither here nor there') });
      await connection.answersTo('amqp10/sasl.scram-malformed:enforce');
    },
  }),
  check('amqp10/sasl/response-without-data', {
    title: 'A response without data lets nobody in',
    duties: ['amqp10/5.3.3.4.response:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const { connection, mechanism } = await offeredScram(peer);
      await scramFirst(connection, mechanism, connection.user, 'amqpspec+nonce');
      connection.sendBytes(frameOf(compositeAs('sasl-response', {}), { type: 1 }));
      await connection.answersTo('amqp10/5.3.3.4.response:enforce');
    },
  }),
  check('amqp10/sasl/init-twice', {
    title: 'An init in place of a response lets nobody in',
    duties: ['amqp10/5.3.2.sequence:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const { connection, mechanism } = await offeredScram(peer);
      await scramFirst(connection, mechanism, connection.user, 'amqpspec+nonce');
      connection.sendSasl({ type: 'sasl-init', mechanism: 'PLAIN', initialResponse: connection.plainResponse() });
      await connection.answersTo('amqp10/5.3.2.sequence:enforce');
    },
  }),
];

/** The mechanisms of SASL over 1.0, each where the server offers it. */
export const mechanism10Checks: readonly Check[] = [
  check('amqp10/sasl/mechanisms', {
    title: 'Which mechanisms are offered over a plain stream, those that show the password among them',
    duties: ['amqp10/sasl.no-secrets:permit', 'amqp10/5.3.2.mechanisms-announced:emit'],
    async run(peer: Peer) {
      const { mechanisms } = await layer(peer);
      peer.require(mechanisms.length > 0, 'The server announces no mechanism.', 'amqp10/5.3.2.mechanisms-announced:emit');
      peer.measure('mechanisms of 1.0', mechanisms.join(' '));
    },
  }),
  ...plainChecks,
  ...anonymousChecks,
  ...scramChecks,
];
