import { type Check, check } from '../../harness/check/check.ts';
import { legalAnswers } from '../../harness/probe/conclusion.ts';
import type { ClientCertificate } from '../../harness/probe/facilities.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { ascii, octets, pattern } from './frames.ts';
import { offering, plain, startOk } from './sasl.ts';
import { roundTrip } from './tls-talk.ts';

/** A connection as far as start, shown this certificate. */
const shown = (peer: Peer, certificate?: ClientCertificate) => {
  peer.facility('clientCertificates');
  return offering(peer, 'EXTERNAL', { transport: peer.facility('tls').transport(certificate === undefined ? {} : { certificate }) });
};

const external: DutyId = 'amqp091/sasl.external:emit';
const unknownUser: DutyId = 'amqp091/sasl.external-unknown-user:enforce';
const withoutCertificate: DutyId = 'amqp091/sasl.external-without-certificate:enforce';

/** EXTERNAL: the client is whom its certificate names. */
export const externalChecks: readonly Check[] = [
  check('amqp091/tls/external', {
    title: 'EXTERNAL with a certificate that names a user lets its client in',
    duties: [external],
    async run(peer: Peer) {
      await shown(peer, 'known');
      const channel = await peer.channel({ transport: peer.facility('tls').transport({ certificate: 'known' }), mechanism: 'EXTERNAL' });
      const queue = await channel.queue();
      await channel.consume(queue, { noAck: true });
      await roundTrip(peer, channel, queue, pattern(100));
    },
  }),
  check('amqp091/tls/external-user', {
    title: 'EXTERNAL gives a client the rights of the user whom its certificate names, and no more',
    duties: [external],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      await shown(peer, 'known');
      const transport = peer.facility('tls').transport({ certificate: 'known' });
      const connection = await peer.connection({ transport, mechanism: 'EXTERNAL', virtualHost: peer.facility('otherVirtualHost'), upTo: 'open' });
      await connection.answersTo(external, { answers: legalAnswers('amqp091/connection.open.virtual-host-security:enforce') });
    },
  }),
  check('amqp091/tls/external-unknown-user', {
    title: 'EXTERNAL with a certificate whose name no user bears lets nobody in',
    duties: [unknownUser],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const connection = await shown(peer, 'unknown-user');
      startOk(connection, 'EXTERNAL', octets());
      await connection.answersTo(unknownUser);
    },
  }),
  check('amqp091/tls/external-without-certificate', {
    title: 'EXTERNAL over TLS without a certificate lets nobody in',
    duties: [withoutCertificate],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const { user } = peer.facility('clientCertificates');
      const connection = await peer.connection({ transport: peer.facility('tls').transport(), upTo: 'start' });
      startOk(connection, 'EXTERNAL', ascii(user));
      await connection.answersTo(withoutCertificate);
    },
  }),
  check('amqp091/tls/certificate-is-no-password', {
    title: 'A certificate that the server trusts does not stand for a password in PLAIN',
    duties: ['amqp091/connection.start-ok.credentials:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const { user } = peer.facility('clientCertificates');
      const connection = await offering(peer, 'PLAIN', { transport: peer.facility('tls').transport({ certificate: 'known' }) });
      startOk(connection, 'PLAIN', plain('', user, peer.name()));
      await connection.answersTo('amqp091/connection.start-ok.credentials:enforce');
    },
  }),
];
