import { type Check, check } from '../../harness/check/check.ts';
import type { Connection10 } from '../../harness/probe/amqp10-peer.ts';
import { legalAnswers } from '../../harness/probe/conclusion.ts';
import type { ClientCertificate } from '../../harness/probe/facilities.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { protocolHeaders } from '../../harness/wire/amqp10/codec.ts';
import { offering } from './layer.ts';

/** Alerts are what TLS itself has to say about what it does not understand. */
const isAlert = (bytes: Uint8Array): boolean => bytes[0] === 0x15 && bytes[1] === 0x03;

/** A connection as far as mechanisms, shown this certificate, where EXTERNAL is offered. */
function external(peer: Peer, certificate?: ClientCertificate): Promise<Connection10> {
  peer.facility('clientCertificates');
  return offering(peer, 'EXTERNAL', { transport: peer.facility('tls').transport(certificate === undefined ? {} : { certificate }) });
}

/** TLS beneath 1.0, and who is known by a certificate: section 5.2. */
export const tls10Checks: readonly Check[] = [
  check('amqp10/tls/whole-life', {
    title: 'On a port for TLS, 1.0 is spoken as without: messages go and come, and the end is in order',
    duties: ['amqp10/5.2.1.pure-tls:emit'],
    worstMs: 3000,
    async run(peer: Peer) {
      const transport = peer.facility('tls').transport();
      peer.require((await peer.raw(transport)) !== 'refused', 'The server does not speak TLS.');
      const { address } = await peer.node10();
      const session = await peer.session10({ transport });
      const sender = await session.sender(address);
      const receiver = await session.receiver(address);
      receiver.credit(2);
      for (const text of ['over TLS', 'x'.repeat(100_000)]) {
        await sender.deliver(text);
        const delivery = await receiver.receive();
        peer.require(delivery.text === text, `A message of ${text.length} octets came back changed.`);
        delivery.accept();
      }
      await session.connection.close();
    },
  }),
  check('amqp10/tls/plaintext', {
    title: 'A header of AMQP without TLS on the port for TLS gets no answer of 1.0, and the end',
    duties: ['amqp10/5.2.1.plaintext:enforce'],
    departs: true,
    worstMs: 6000,
    async run(peer: Peer) {
      const stream = await peer.raw(peer.facility('tls').plain);
      peer.require(stream !== 'refused', 'The port takes no connections.');
      stream.send(protocolHeaders.sasl);
      const { bytes, ended } = await stream.gather();
      peer.require(bytes.length === 0 || isAlert(bytes), 'The server answered plain octets on its port for TLS.');
      peer.require(ended !== undefined, 'The connection was left open.');
    },
  }),
  check('amqp10/tls/external', {
    title: 'EXTERNAL over 1.0 with a certificate that names a user lets its client in',
    duties: ['amqp10/sasl.external:emit'],
    async run(peer: Peer) {
      await external(peer, 'known');
      const connection = await peer.connection10({ transport: peer.facility('tls').transport({ certificate: 'known' }), mechanism: 'EXTERNAL' });
      await connection.session();
    },
  }),
  ...(
    [
      ['unknown-user', 'a certificate whose name no user bears', 'unknown-user'],
      ['without-certificate', 'no certificate', undefined],
    ] as const
  ).map(([slug, what, certificate]) =>
    check(`amqp10/tls/external-${slug}`, {
      title: `EXTERNAL over TLS with ${what} lets nobody in`,
      duties: ['amqp10/sasl.external-refused:enforce'],
      departs: true,
      worstMs: 6000,
      async run(peer: Peer) {
        peer.facility('clientCertificates');
        const transport = peer.facility('tls').transport(certificate === undefined ? {} : { certificate });
        const connection = await peer.connection10({ transport, upTo: 'dial' });
        connection.sendBytes(protocolHeaders.sasl);
        await connection.expectHeader();
        await connection.expectSasl('sasl-mechanisms');
        connection.sendSasl({ type: 'sasl-init', mechanism: 'EXTERNAL', initialResponse: new Uint8Array(0) });
        await connection.answersTo('amqp10/sasl.external-refused:enforce', {
          answers: [...legalAnswers('amqp10/sasl.external-refused:enforce'), ...legalAnswers('amqp10/5.3.2.mechanism-chosen:enforce')],
        });
      },
    }),
  ),
];
